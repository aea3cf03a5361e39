// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Tally;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run as lists show it; written with the events that change it.
 *
 * @param error why it failed, or why it cannot go on for now
 * @param dueIn how long after the append somebody has to look at the run again; null if no time is
 *     known at which there is something to do
 */
public record RunRow(
    Run run,
    Workflow.State state,
    long version,
    Tally tally,
    @Nullable Instant completedAt,
    @Nullable JsonNode output,
    @Nullable WorkflowError error,
    @Nullable Duration dueIn) {

  /** The row of a state; now is the time of the command that led to it. */
  static RunRow of(Workflow workflow, long version, Instant now) {
    return switch (workflow) {
      case Workflow.Absent _ -> throw new IllegalArgumentException("There is no run");
      case Workflow.Waiting w -> unfinished(w, version, Duration.between(now, w.due()));
      case Workflow.Unfinished w -> unfinished(w, version, null);
      case Workflow.Completed w -> finished(w, version, w.output(), null);
      case Workflow.Failed w -> finished(w, version, null, w.error());
      case Workflow.Cancelled w -> finished(w, version, null, null);
    };
  }

  private static RunRow unfinished(Workflow.Unfinished w, long version, @Nullable Duration dueIn) {
    return new RunRow(w.run(), w.state(), version, w.tally(), null, null, null, dueIn);
  }

  private static RunRow finished(
      Workflow.Finished w, long version, @Nullable JsonNode output, @Nullable WorkflowError error) {
    return new RunRow(w.run(), w.state(), version, w.tally(), w.at(), output, error, null);
  }

  /** The same row with a note of why the run does not go on. */
  RunRow because(WorkflowError why) {
    return new RunRow(run, state, version, tally, completedAt, output, why, dueIn);
  }

  /** The same row, with somebody to look at it at once unless a time is known already. */
  RunRow dueAtOnce() {
    return finished() || dueIn != null
        ? this
        : new RunRow(run, state, version, tally, completedAt, output, error, Duration.ZERO);
  }

  public boolean finished() {
    return completedAt != null;
  }
}
