// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import java.util.List;

/** The answer to a command. Repeated is not refused: a second delivery of a command is normal. */
public sealed interface Decision {

  /** It happens: these events, in one append. */
  record Accepted(List<Event> events) implements Decision {}

  /** It has happened before, or no longer matters. */
  record AlreadyDone() implements Decision {}

  /** It cannot happen in this state. */
  record Refused(Reason reason, String detail) implements Decision {}

  /** Why a command is refused; the names are part of the API. */
  enum Reason {
    WORKFLOW_NOT_FOUND,
    WORKFLOW_EXISTS,
    WORKFLOW_NOT_STARTED,
    WORKFLOW_FINISHED,
    STEP_UNKNOWN,
    INPUT_INVALID,
    INPUT_TOO_LARGE
  }
}
