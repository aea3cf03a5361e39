// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.workflow.Command.Cancel;
import dev.omnibridge.orchestrator.workflow.Command.Fail;
import dev.omnibridge.orchestrator.workflow.Command.Hold;
import dev.omnibridge.orchestrator.workflow.Command.OfCall;
import dev.omnibridge.orchestrator.workflow.Command.RecordOutcome;
import dev.omnibridge.orchestrator.workflow.Command.RetryDue;
import dev.omnibridge.orchestrator.workflow.Command.Submit;
import dev.omnibridge.orchestrator.workflow.Decision.AlreadyDone;
import dev.omnibridge.orchestrator.workflow.Decision.Reason;
import dev.omnibridge.orchestrator.workflow.Decision.Refused;
import dev.omnibridge.orchestrator.workflow.Workflow.Absent;
import dev.omnibridge.orchestrator.workflow.Workflow.Cancelled;
import dev.omnibridge.orchestrator.workflow.Workflow.Completed;
import dev.omnibridge.orchestrator.workflow.Workflow.Failed;
import dev.omnibridge.orchestrator.workflow.Workflow.Finished;
import dev.omnibridge.orchestrator.workflow.Workflow.Pending;
import dev.omnibridge.orchestrator.workflow.Workflow.Running;
import dev.omnibridge.orchestrator.workflow.Workflow.Unfinished;
import dev.omnibridge.orchestrator.workflow.Workflow.Waiting;
import java.util.List;

/** The rules of a workflow. Read the two switches as the specification. */
public final class WorkflowRules {
  private final Course course;

  /** The rules for the runs of one definition. */
  public WorkflowRules(Definition definition, Limits limits) {
    this.course = new Course(definition, limits);
  }

  private record Asked(Workflow now, Command command) {}

  private record Heard(Workflow now, Event event) {}

  // spotless:off
  /** What a command means for a run; events are accepted all or none, in one append. */
  public Decision decide(Workflow now, Command command) {
    return switch (new Asked(now, command)) {
      case Asked(Absent _, Submit c)                -> course.begin(c);
      case Asked(Absent _, Command _)               -> refuse(Reason.WORKFLOW_NOT_FOUND, "There is no such run");

      case Asked(Unfinished w, Submit c)            -> repeated(w.run(), c.run());
      case Asked(Finished w, Submit c)              -> repeated(w.run(), c.run());

      case Asked(Pending _, OfCall _)               -> refuse(Reason.WORKFLOW_NOT_STARTED, "The run has not started");
      case Asked(Pending _, RetryDue _)             -> refuse(Reason.WORKFLOW_NOT_STARTED, "The run has not started");

      case Asked(Running w, OfCall c)               -> ofCall(w, c);
      case Asked(Running _, RetryDue _)             -> new AlreadyDone();

      case Asked(Waiting w, OfCall c)               -> late(w, c);
      case Asked(Waiting w, RetryDue c)
          when w.due().equals(c.due())              -> course.wake(w, c);
      case Asked(Waiting _, RetryDue _)             -> new AlreadyDone();

      case Asked(Unfinished w, Fail c)              -> course.fail(w, c);
      case Asked(Unfinished w, Cancel c)            -> course.cancel(w, c);
      case Asked(Cancelled _, Cancel _)             -> new AlreadyDone();
      case Asked(Completed _, Cancel _)             -> refuse(Reason.WORKFLOW_FINISHED, "The run has completed");
      case Asked(Failed _, Cancel _)                -> refuse(Reason.WORKFLOW_FINISHED, "The run has failed");

      case Asked(Finished _, OfCall _)              -> new AlreadyDone();
      case Asked(Finished _, RetryDue _)            -> new AlreadyDone();
      case Asked(Finished _, Fail _)                -> new AlreadyDone();
    };
  }

  /** The state after an event; evaluates nothing, and crashes on what cannot have happened. */
  public static Workflow evolve(Workflow now, Event event) {
    return switch (new Heard(now, event)) {
      case Heard(Absent _, Event.Started e)             -> Evolution.start(e);
      case Heard(Unfinished w, Event.StateTransitioned e) -> Evolution.move(w, e);
      case Heard(Running w, Event.StepCompleted e)      -> Evolution.step(w, e);
      case Heard(Running w, Event.StepAttemptFailed e)  -> Evolution.attempt(w, e);
      case Heard(Running w, Event.EventEmitted _)       -> Evolution.emit(w);
      case Heard(Running w, Event.Completed e)
          when w.next() instanceof Next.Nothing         -> new Completed(w.run(), e.output(), e.at(), w.tally().event());
      case Heard(Running w, Event.Failed e)
          when w.next() instanceof Next.Nothing         -> new Failed(w.run(), e.error(), e.at(), w.tally().event());
      case Heard(Unfinished w, Event.Cancelled e)       -> new Cancelled(w.run(), e.reason(), e.at(), w.tally().event());
      case Heard(Workflow w, Event e)                   -> throw new CorruptHistory(w, e);
    };
  }
  // spotless:on

  /** The state after some events on another state. */
  public static Workflow evolve(Workflow now, List<Event> events) {
    Workflow state = now;
    for (Event event : events) {
      state = evolve(state, event);
    }
    return state;
  }

  private static Decision repeated(Run known, Run submitted) {
    boolean same =
        known.definitionHash().equals(submitted.definitionHash())
            && known.input().equals(submitted.input())
            && known.labels().equals(submitted.labels());
    return same
        ? new AlreadyDone()
        : refuse(Reason.WORKFLOW_EXISTS, "The run exists with other content");
  }

  private Decision ofCall(Running now, OfCall command) {
    if (now.next() instanceof Next.Call(PendingCall call)
        && call.ordinal() == command.ordinal()
        && call.attempt() == command.attempt()) {
      return switch (command) {
        case RecordOutcome c -> course.outcome(now, call, c);
        case Hold c -> course.hold(now, c);
      };
    }
    return late(now, command);
  }

  private static Decision late(Unfinished now, OfCall command) {
    boolean planned =
        now.next() instanceof Next.Call(PendingCall call) && call.ordinal() == command.ordinal()
            ? command.attempt() < call.attempt() || now instanceof Waiting
            : command.ordinal() <= now.position().calls();
    return planned
        ? new AlreadyDone()
        : refuse(
            Reason.STEP_UNKNOWN,
            "Call %d, attempt %d was never made".formatted(command.ordinal(), command.attempt()));
  }

  private static Decision refuse(Reason reason, String detail) {
    return new Refused(reason, detail);
  }
}
