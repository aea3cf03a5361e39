// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happened to a run, in the past tense; the only source of its state. */
public sealed interface Event {
  Instant at();

  /** A run has begun; progress leads to its first call. */
  record Started(Run run, Progress progress) implements Event {
    @Override
    public Instant at() {
      return run.startedAt();
    }
  }

  /**
   * The run moved between two states that users see.
   *
   * @param due when a waiting run goes on; null for every other state
   * @param progress how far the run came when it went on from waiting; null if it only moved
   */
  record StateTransitioned(
      Workflow.State from,
      Workflow.State to,
      @Nullable Instant due,
      @Nullable Progress progress,
      Instant at)
      implements Event {}

  /** A call has its outcome, and it is known what comes next. */
  record StepCompleted(
      String step,
      long ordinal,
      int attempt,
      String function,
      Status status,
      JsonNode output,
      @Nullable WorkflowError error,
      Progress progress,
      Instant at)
      implements Event {}

  /** In which way a step is over. */
  enum Status {
    /** With its result. */
    COMPLETED,
    /** With a marked fallback. */
    DEGRADED,
    /** With an error that the workflow handles. */
    CAUGHT
  }

  /**
   * An attempt of a call failed and something will be repeated.
   *
   * @param due when; null for at once
   * @param progress the way back to the beginning of a try; null when only the call is repeated
   */
  record StepAttemptFailed(
      String step,
      long ordinal,
      int attempt,
      String function,
      WorkflowError error,
      @Nullable Instant due,
      @Nullable Progress progress,
      Instant at)
      implements Event {}

  /** A task published an event of the user's making. */
  record EventEmitted(String step, JsonNode event, Instant at) implements Event {}

  /** The run ended with a result. */
  record Completed(JsonNode output, long processingTimeMs, Instant at) implements Event {}

  /** The run ended with an error. */
  record Failed(WorkflowError error, long processingTimeMs, Instant at) implements Event {}

  /** The run was ended by a user. */
  record Cancelled(String reason, long processingTimeMs, Instant at) implements Event {}
}
