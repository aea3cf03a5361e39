// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** Where a workflow's run stands. */
public sealed interface Workflow {

  /** A run of which there is no event. */
  record Absent() implements Workflow {}

  /** A run that has begun and not ended. */
  sealed interface Unfinished extends Workflow {
    Run run();

    Position position();

    Next next();

    Tally tally();
  }

  /** A run that has ended; nothing changes it any more. */
  sealed interface Finished extends Workflow {
    Run run();

    Instant at();

    Tally tally();
  }

  /** Accepted; lasts only from the first event of a submission to the second. */
  record Pending(Run run, Position position, Next next, Tally tally) implements Unfinished {}

  /** A call is to be made or on its way. */
  record Running(Run run, Position position, Next next, Tally tally) implements Unfinished {}

  /** Nothing happens until a time: then a call is repeated, or a try from its beginning. */
  record Waiting(Run run, Position position, Next next, Instant due, Tally tally)
      implements Unfinished {}

  /** Ended with a result. */
  record Completed(Run run, JsonNode output, Instant at, Tally tally) implements Finished {}

  /** Ended with an error. */
  record Failed(Run run, WorkflowError error, Instant at, Tally tally) implements Finished {}

  /** Ended by a user. */
  record Cancelled(Run run, String reason, Instant at, Tally tally) implements Finished {}

  /** The state by the name that users know. */
  default State state() {
    return switch (this) {
      case Absent _ -> State.ABSENT;
      case Pending _ -> State.PENDING;
      case Running _ -> State.RUNNING;
      case Waiting _ -> State.WAITING;
      case Completed _ -> State.COMPLETED;
      case Failed _ -> State.FAILED;
      case Cancelled _ -> State.CANCELLED;
    };
  }

  /** The names of the states. */
  enum State {
    ABSENT,
    PENDING,
    RUNNING,
    WAITING,
    COMPLETED,
    FAILED,
    CANCELLED
  }
}
