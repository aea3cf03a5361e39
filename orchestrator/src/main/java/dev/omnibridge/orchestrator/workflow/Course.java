// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.Values;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Cancel;
import dev.omnibridge.orchestrator.workflow.Command.Fail;
import dev.omnibridge.orchestrator.workflow.Command.Hold;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.RecordOutcome;
import dev.omnibridge.orchestrator.workflow.Command.RetryDue;
import dev.omnibridge.orchestrator.workflow.Command.Submit;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Decision.Accepted;
import dev.omnibridge.orchestrator.workflow.Decision.Reason;
import dev.omnibridge.orchestrator.workflow.Decision.Refused;
import dev.omnibridge.orchestrator.workflow.Event.StateTransitioned;
import dev.omnibridge.orchestrator.workflow.Event.Status;
import dev.omnibridge.orchestrator.workflow.Event.StepAttemptFailed;
import dev.omnibridge.orchestrator.workflow.Event.StepCompleted;
import dev.omnibridge.orchestrator.workflow.Workflow.Running;
import dev.omnibridge.orchestrator.workflow.Workflow.State;
import dev.omnibridge.orchestrator.workflow.Workflow.Unfinished;
import dev.omnibridge.orchestrator.workflow.Workflow.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decisions behind the first switch of the rules: which events a command leads to. */
final class Course {
  /** The events of the longest way to the end, for which there must always be room. */
  private static final int MAX_LAST = 3;

  private final Definition definition;
  private final Limits limits;

  Course(Definition definition, Limits limits) {
    this.definition = definition;
    this.limits = limits;
  }

  Decision begin(Submit command) {
    Run run = command.run();
    Walk.Found found;
    try {
      found = walk(run, Position.BEFORE, command, 0.5).begin();
    } catch (Raised raised) {
      return new Refused(Reason.INPUT_INVALID, String.valueOf(raised.error().detail()));
    }
    List<Event> events = new ArrayList<>();
    events.add(new Event.Started(run, found.progress()));
    events.add(moved(State.PENDING, State.RUNNING, null, command.at()));
    follow(events, found, run, command.at());
    return tooLarge(events)
        ? new Refused(
            Reason.INPUT_TOO_LARGE, "The input and what is made of it do not fit an event")
        : new Accepted(List.copyOf(events));
  }

  Decision outcome(Running now, PendingCall call, RecordOutcome command) {
    Walk walk = walk(now.run(), now.position(), command, command.jitter());
    List<Event> events =
        switch (command.outcome()) {
          case Outcome.Completed(JsonNode output) ->
              completed(now, call, Status.COMPLETED, Values.normal(output), null, walk, command);
          case Outcome.Degraded(JsonNode fallback, String reason) ->
              completed(
                  now,
                  call,
                  Status.DEGRADED,
                  marked(fallback),
                  unavailable(reason, call),
                  walk,
                  command);
          case Outcome.Failed failed -> failed(now, call, failed, walk, command);
        };
    return accept(now, events, command.at());
  }

  /** The call stays the same one; only the state tells that nobody makes it for now. */
  Decision hold(Running now, Hold command) {
    return accept(
        now,
        List.of(moved(State.RUNNING, State.WAITING, command.due(), command.at())),
        command.at());
  }

  /** A wait is over: a call is made again, or a try begins anew. */
  Decision wake(Waiting now, RetryDue command) {
    if (now.next() instanceof Next.Call) {
      return accept(
          now, List.of(moved(State.WAITING, State.RUNNING, null, command.at())), command.at());
    }
    Walk.Found found = walk(now.run(), now.position(), command, command.jitter()).resume();
    List<Event> events = new ArrayList<>();
    events.add(
        new StateTransitioned(State.WAITING, State.RUNNING, null, found.progress(), command.at()));
    follow(events, found, now.run(), command.at());
    return accept(now, events, command.at());
  }

  Decision cancel(Unfinished now, Cancel command) {
    long took = millis(now.run(), command.at());
    return new Accepted(
        List.of(
            moved(now.state(), State.CANCELLED, null, command.at()),
            new Event.Cancelled(command.reason(), took, command.at())));
  }

  Decision fail(Unfinished now, Fail command) {
    return failing(now, command.error(), command.at());
  }

  private List<Event> completed(
      Running now,
      PendingCall call,
      Status status,
      JsonNode output,
      @Nullable WorkflowError error,
      Walk walk,
      RecordOutcome command) {
    Walk.Found found = walk.completed(call, output);
    return over(now, call, status, output, error, found, command.at());
  }

  private List<Event> over(
      Running now,
      PendingCall call,
      Status status,
      JsonNode output,
      @Nullable WorkflowError error,
      Walk.Found found,
      Instant at) {
    List<Event> events = new ArrayList<>();
    events.add(
        new StepCompleted(
            call.step(),
            call.ordinal(),
            call.attempt(),
            call.function(),
            status,
            output,
            error,
            found.progress(),
            at));
    follow(events, found, now.run(), at);
    return events;
  }

  /**
   * In this order: a retry that the workflow itself asks for, a retry of the runner's policy
   * (unless the workflow has a policy of its own), a catch, a fallback, the end.
   */
  private List<Event> failed(
      Running now, PendingCall call, Outcome.Failed failed, Walk walk, RecordOutcome command) {
    WorkflowError error = failed.error().at(call.pointer());
    Handling handling = walk.handling(error);
    boolean ownPolicy = handling instanceof Handling.Handled(_, _, boolean retried) && retried;
    if (handling instanceof Handling.Again again) {
      return retried(now, call, error, again.due(), walk.handled(again), command.at());
    }
    CallPolicy policy = failed.policy();
    Duration delay = policy.retries().delayBefore(call.attempt(), command.jitter());
    Instant due = command.at().plus(delay);
    boolean allowed = policy.retries().allows(call.attempt(), Duration.between(call.since(), due));
    if (!ownPolicy && failed.retryable() && allowed) {
      return retried(now, call, error, due, null, command.at());
    }
    return switch (handling) {
      case Handling.Uncaught _ when policy.kind() == TaskKind.OPTIONAL ->
          completed(now, call, Status.DEGRADED, marked(policy.fallback()), error, walk, command);
      case Handling.Uncaught(WorkflowError uncaught) ->
          ending(State.RUNNING, new Walk.End.Fault(uncaught), now.run(), command.at());
      default ->
          over(
              now,
              call,
              Status.CAUGHT,
              NullNode.instance,
              error,
              walk.handled(handling),
              command.at());
    };
  }

  private List<Event> retried(
      Running now,
      PendingCall call,
      WorkflowError error,
      Instant due,
      Walk.@Nullable Found found,
      Instant at) {
    Instant later = due.isAfter(at) ? due : null;
    Progress progress = found == null ? null : found.progress();
    List<Event> events = new ArrayList<>();
    events.add(
        new StepAttemptFailed(
            call.step(),
            call.ordinal(),
            call.attempt(),
            call.function(),
            error,
            later,
            progress,
            at));
    if (found != null) {
      follow(events, found, now.run(), at);
    } else if (later != null) {
      events.add(moved(State.RUNNING, State.WAITING, later, at));
    }
    return events;
  }

  /** The events of the walk itself: what it emitted, then a wait or an end. */
  private void follow(List<Event> events, Walk.Found found, Run run, Instant at) {
    events.addAll(found.emitted());
    if (found.end() != null) {
      events.addAll(ending(State.RUNNING, found.end(), run, at));
    } else if (found.progress().next() instanceof Next.Rest(Instant due)) {
      events.add(moved(State.RUNNING, State.WAITING, due, at));
    }
  }

  private static List<Event> ending(State from, Walk.End end, Run run, Instant at) {
    long took = millis(run, at);
    return switch (end) {
      case Walk.End.Result(JsonNode output) ->
          List.of(moved(from, State.COMPLETED, null, at), new Event.Completed(output, took, at));
      case Walk.End.Fault(WorkflowError error) ->
          List.of(moved(from, State.FAILED, null, at), new Event.Failed(error, took, at));
    };
  }

  /** What does not fit into an event, or into the history, ends the run instead. */
  private Decision accept(Unfinished now, List<Event> events, Instant at) {
    String detail = null;
    if (now.tally().events() + events.size() > limits.maxEvents() - MAX_LAST) {
      detail = "The history of the run is longer than %,d events".formatted(limits.maxEvents());
    } else if (tooLarge(events)) {
      detail = "What a step leads to is too large for the log";
    }
    if (detail == null) {
      return new Accepted(List.copyOf(events));
    }
    return failing(now, WorkflowError.of(WorkflowError.Kind.RUNTIME, detail, null), at);
  }

  private static Decision failing(Unfinished now, WorkflowError error, Instant at) {
    List<Event> end = new ArrayList<>();
    if (now.state() != State.RUNNING) {
      end.add(moved(now.state(), State.RUNNING, null, at));
    }
    Walk.End fault = new Walk.End.Fault(error.at(where(now)));
    end.addAll(ending(State.RUNNING, fault, now.run(), at));
    return new Accepted(List.copyOf(end));
  }

  private static String where(Unfinished now) {
    return now.next() instanceof Next.Call(PendingCall call)
        ? call.pointer()
        : now.position().frames().getLast().entry().block();
  }

  private boolean tooLarge(List<Event> events) {
    long all = 0;
    for (Event event : events) {
      long length = Values.length(WorkflowEventCodec.payload(event), limits.maxEvent());
      all += length;
      if (length > limits.maxEvent() || all > limits.maxAppend()) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode marked(JsonNode fallback) {
    ObjectNode marked = JsonNodeFactory.instance.objectNode();
    if (fallback instanceof ObjectNode fields) {
      marked.setAll(fields);
    } else {
      marked.set("value", fallback);
    }
    return marked.put("degraded", true);
  }

  private static WorkflowError unavailable(String reason, PendingCall call) {
    return WorkflowError.of(WorkflowError.Kind.COMMUNICATION, reason, call.pointer());
  }

  private static StateTransitioned moved(State from, State to, @Nullable Instant due, Instant at) {
    return new StateTransitioned(from, to, due, null, at);
  }

  private static long millis(Run run, Instant at) {
    return Math.max(0, Duration.between(run.startedAt(), at).toMillis());
  }

  private Walk walk(Run run, Position position, Command command, double jitter) {
    return new Walk(definition, run, position, limits, command.at(), jitter);
  }
}
