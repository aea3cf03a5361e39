// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

/** Where a workflow stands, and where it may go from there. */
public enum Phase {
  ABSENT,
  PENDING,
  RUNNING,
  WAITING,
  PAUSED,
  COMPLETED,
  FAILED,
  CANCELLED,
  TERMINATED;

  /** True when nothing can follow. */
  public boolean finished() {
    return switch (this) {
      case COMPLETED, FAILED, CANCELLED, TERMINATED -> true;
      case ABSENT, PENDING, RUNNING, WAITING, PAUSED -> false;
    };
  }

  /** True while there is a workflow that goes on. */
  public boolean active() {
    return this != ABSENT && !finished();
  }

  /**
   * The legal moves: nothing comes back from its end, or to its beginning, or completes unstarted.
   */
  public boolean mayBecome(Phase next) {
    return switch (this) {
      case ABSENT -> next == PENDING;
      case PENDING -> next != ABSENT && next != PENDING && next != COMPLETED;
      case RUNNING, WAITING, PAUSED -> next != ABSENT && next != PENDING && next != this;
      case COMPLETED, FAILED, CANCELLED, TERMINATED -> false;
    };
  }

  /** What a move to this phase is caused by. */
  String cause(Phase from) {
    return switch (this) {
      case ABSENT -> "none";
      case PENDING -> "workflow_submitted";
      case RUNNING -> from == PENDING ? "workflow_started" : "workflow_resumed";
      case WAITING -> "workflow_waiting";
      case PAUSED -> "workflow_paused";
      case COMPLETED -> "workflow_completed";
      case FAILED -> "workflow_failed";
      case CANCELLED -> "workflow_cancelled";
      case TERMINATED -> "workflow_terminated";
    };
  }

  /** The phase of that name, in any case; ABSENT for a name that is no state of a workflow. */
  public static Phase named(String name) {
    for (Phase phase : values()) {
      if (phase.name().equalsIgnoreCase(name)) {
        return phase;
      }
    }
    return name.equalsIgnoreCase("PROCESSING") ? RUNNING : ABSENT;
  }
}
