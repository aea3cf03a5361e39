// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import java.time.Instant;

/** What somebody wants of a run. The time in it is the time of every event that follows. */
public sealed interface Command {
  Instant at();

  /** Begin. */
  record Submit(Run run) implements Command {
    @Override
    public Instant at() {
      return run.startedAt();
    }
  }

  /** About one attempt of a call; counts only while that attempt is the one under way. */
  sealed interface OfCall extends Command {
    long ordinal();

    int attempt();
  }

  /**
   * A call has an outcome.
   *
   * @param jitter a random number from 0 up to 1, used if a retry has to be spread
   */
  record RecordOutcome(long ordinal, int attempt, Outcome outcome, double jitter, Instant at)
      implements OfCall {}

  /** A call cannot be made for now, and it is not the workflow's fault: wait with it. */
  record Hold(long ordinal, int attempt, WorkflowError why, Instant due, Instant at)
      implements OfCall {}

  /** The time that a waiting run waits for has come. */
  record RetryDue(Instant due, double jitter, Instant at) implements Command {}

  /** End, without a result. */
  record Cancel(String reason, Instant at) implements Command {}

  /** End, with an error: what the run leads to cannot be kept. */
  record Fail(WorkflowError error, Instant at) implements Command {}

  /** How a call ended. */
  sealed interface Outcome {

    /** With a result. */
    record Completed(JsonNode output) implements Outcome {}

    /** With an error; what happens then is for the workflow's own try and the runner's policy. */
    record Failed(WorkflowError error, boolean retryable, CallPolicy policy) implements Outcome {}

    /** With a fallback at once, because the runner knows that trying is of no use. */
    record Degraded(JsonNode fallback, String reason) implements Outcome {}
  }

  /** What the runner of a call has declared: whether a workflow can do without, and its retries. */
  record CallPolicy(TaskKind kind, RetryPolicy retries, JsonNode fallback) {}

  /** Whether a workflow can go on without the result of a call. */
  enum TaskKind {
    ESSENTIAL,
    OPTIONAL
  }
}
