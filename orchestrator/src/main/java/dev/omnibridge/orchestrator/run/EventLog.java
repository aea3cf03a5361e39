// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The log as the shell needs it. Every failure is a {@link dev.omnibridge.runtime.Fault}. */
public interface EventLog {

  /**
   * Appends in one transaction; a repeat of the same append is answered and not appended again. A
   * fault of kind CONFLICT says that nothing was written; any other leaves that open.
   */
  CompletionStage<Void> append(Append append);

  /** The state of a run, from its snapshot and the events after it; NOT_FOUND if there is none. */
  CompletionStage<Loaded> load(RunKey key);

  /** The canonical text of a definition; NOT_FOUND if it was never used. */
  CompletionStage<String> definition(String hash);

  /** Unfinished runs of some shards with a greater run id, in that order; none at the end. */
  CompletionStage<List<Pointer>> unfinished(Set<Integer> shards, String afterRunId, int limit);

  /**
   * Unfinished runs of some shards whose time has come by the log's clock, the longest due first.
   *
   * @param token from the page before; empty for the first
   */
  CompletionStage<Page> due(Set<Integer> shards, String token, int limit);

  /** Some runs, and the token of the next page; empty at the end. */
  record Page(List<Pointer> runs, String next) {}

  /**
   * What belongs together.
   *
   * @param appendId makes a repeat known
   * @param expectedVersion the version the run's stream must have; 0: it must not exist
   * @param snapshot the state after the events; null keeps the stored one
   * @param submission only with the first append of a run
   */
  record Append(
      String appendId,
      Run run,
      long expectedVersion,
      List<Identified> events,
      @Nullable Workflow snapshot,
      RunRow row,
      @Nullable Submitted submission) {}

  /** An event with its id. */
  record Identified(String eventId, Event event) {}

  /**
   * What makes a submission unique, and its definition.
   *
   * @param requestId null if the client gave none
   * @param definition the canonical text; null if it is known to be stored
   */
  record Submitted(
      @Nullable String requestId,
      Fingerprint fingerprint,
      String workflowType,
      @Nullable String definition) {}

  /** The content of a submission, as three hashes. */
  record Fingerprint(String definitionHash, String inputHash, String labelsHash) {}

  /** A run as loaded; snapshotVersion is 0 without a snapshot. */
  record Loaded(Workflow workflow, long version, long snapshotVersion) {}

  /** An unfinished run; dueIn is negative when overdue, null when it waits for no time. */
  record Pointer(RunKey key, long version, String state, @Nullable Duration dueIn) {
    /** Whether its time has come. */
    boolean due() {
      return dueIn != null && !dueIn.isPositive();
    }
  }
}
