// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import dev.omnibridge.orchestrator.workflow.Workflow.Pending;
import dev.omnibridge.orchestrator.workflow.Workflow.Running;
import dev.omnibridge.orchestrator.workflow.Workflow.Unfinished;
import dev.omnibridge.orchestrator.workflow.Workflow.Waiting;

/** The state changes behind the second switch of the rules, one per event. */
final class Evolution {
  private Evolution() {}

  static Workflow start(Event.Started event) {
    Progress progress = event.progress();
    Position position = Position.BEFORE.after(progress);
    return new Pending(event.run(), position, progress.next(), Tally.NONE.event());
  }

  /**
   * A move to an end leaves a run that has nothing more to do; the event that says how it ended
   * comes right after it.
   */
  static Workflow move(Unfinished now, Event.StateTransitioned event) {
    if (event.from() != now.state()) {
      throw new CorruptHistory(now, event);
    }
    Progress progress = event.progress();
    Position position = progress == null ? now.position() : now.position().after(progress);
    Next next = progress == null ? now.next() : progress.next();
    Tally tally = now.tally().event();
    return switch (event.to()) {
      case RUNNING -> new Running(now.run(), position, next, tally);
      case WAITING -> {
        if (event.due() == null) {
          throw new CorruptHistory("A waiting run waits for no time");
        }
        yield new Waiting(now.run(), position, next, event.due(), tally);
      }
      case COMPLETED, FAILED, CANCELLED ->
          new Running(now.run(), position, new Next.Nothing(), tally);
      case ABSENT, PENDING -> throw new CorruptHistory(now, event);
    };
  }

  static Workflow step(Running now, Event.StepCompleted event) {
    requireUnderWay(now, event.ordinal(), event.attempt(), event);
    boolean degraded = event.status() == Event.Status.DEGRADED;
    Progress progress = event.progress();
    return new Running(
        now.run(), now.position().after(progress), progress.next(), now.tally().step(degraded));
  }

  static Workflow attempt(Running now, Event.StepAttemptFailed event) {
    PendingCall call = requireUnderWay(now, event.ordinal(), event.attempt(), event);
    Progress progress = event.progress();
    if (progress != null) {
      Position position = now.position().after(progress);
      return new Running(now.run(), position, progress.next(), now.tally().event());
    }
    Next again = new Next.Call(call.nextAttempt());
    return new Running(now.run(), now.position(), again, now.tally().event());
  }

  private static PendingCall requireUnderWay(Running now, long ordinal, int attempt, Event event) {
    if (now.next() instanceof Next.Call(PendingCall call)
        && call.ordinal() == ordinal
        && call.attempt() == attempt) {
      return call;
    }
    throw new CorruptHistory(now, event);
  }

  static Workflow emit(Running now) {
    return new Running(now.run(), now.position().afterEmitting(), now.next(), now.tally().event());
  }
}
