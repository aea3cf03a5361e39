// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Append;
import dev.omnibridge.orchestrator.run.EventLog.Identified;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold whatever happens. What is appended and what is acknowledged is checked when it
 * happens; who looks after what is checked by {@link Attention}.
 */
final class Invariants {
  /**
   * Calls of the log by one node in one minute: polls, scans and rescans make 70; each of at most
   * 14 runs has at most 9 calls to record and 5 retries of each, and is loaded now and then; and
   * what is repeated comes after pauses that double.
   */
  private static final int MOST_CALLS_A_MINUTE = 500;

  private final SimWorld world;
  private final Map<RunKey, Workflow> states = new HashMap<>();
  private final Set<String> eventIds = new HashSet<>();
  private final Set<String> recorded = new HashSet<>();
  private final Map<String, Set<String>> outcomes = new HashMap<>();
  private final Map<String, String> calls = new HashMap<>();

  /** The versions of runs that nodes have loaded or appended last. */
  private final Map<String, Long> known = new HashMap<>();

  /** Attempts of calls by node, with the version of the run that led to them. */
  private final Map<String, Long> underWay = new HashMap<>();

  private final Map<String, Integer> callsByMinute = new HashMap<>();
  private final Map<Integer, Integer> logCalls = new HashMap<>();
  private final Set<RunKey> cancelled = new HashSet<>();
  final Attention attention;
  private @Nullable String violation;

  Invariants(SimWorld world) {
    this.world = world;
    this.attention = new Attention(world, this);
  }

  void must(boolean holds, String otherwise, @Nullable Object about) {
    if (!holds && violation == null) {
      violation = "%s: %s, at %s".formatted(otherwise, about, world.time.now());
    }
  }

  /** To be asked after every step: what happens inside of the shell cannot throw. */
  void check() {
    if (violation != null) {
      throw new AssertionError(violation);
    }
  }

  void stopped(SimNode node) {
    attention.stopped(node);
  }

  /** So far, by node. */
  int[] logCalls() {
    return world.nodes.stream().mapToInt(node -> logCalls.getOrDefault(node.index, 0)).toArray();
  }

  void calledLog(SimNode node) {
    logCalls.merge(node.index, 1, Integer::sum);
    String minute = node.index + "@" + world.time.now().getEpochSecond() / 60;
    int calls = callsByMinute.merge(minute, 1, Integer::sum);
    must(calls <= MOST_CALLS_A_MINUTE, "a node calls the log without end", minute);
  }

  int mostCallsAMinute() {
    return callsByMinute.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  void knows(SimLife life, RunKey key, long version) {
    known.put(life.name() + key, version);
  }

  /** A node asks the log to append. */
  void appends(Append append, SimLife by) {
    boolean holds = by.over() || by.workflows().holds(RunKey.of(append.run()));
    must(holds, "a node appends to what it has let go", append);
  }

  void appended(Append append, SimLife by) {
    RunKey key = RunKey.of(append.run());
    ModelLog.Stream stream = world.log.streams.get(key);
    Workflow before = states.getOrDefault(key, new Workflow.Absent());
    List<Event> events = append.events().stream().map(Identified::event).toList();
    world.trace.note(
        by.name() + " appended " + append.appendId() + " " + append.row() + " " + events);
    Workflow after;
    try {
      after = WorkflowRules.evolve(before, events);
    } catch (RuntimeException corrupt) {
      must(false, "events are out of their order", corrupt);
      return;
    }
    states.put(key, after);
    must(!(before instanceof Workflow.Finished), "appended after the end", key);
    must(append.row().version() == stream.events.size(), "row and stream differ", key);
    must(append.row().state() == after.state(), "row and events differ", key);
    must(append.row().finished() == after instanceof Workflow.Finished, "wrong end", key);
    must(append.snapshot() == null || append.snapshot().equals(after), "wrong snapshot", key);
    append.events().forEach(event -> must(eventIds.add(event.eventId()), "event twice", key));
    checkBounds(events, before, after, key);
    events.forEach(event -> checkStep(key, event));
    attention.appended(key, stream, by);
  }

  /** Started, a move, and what comes first; a move and an end come last. */
  private void checkBounds(List<Event> events, Workflow before, Workflow after, RunKey key) {
    if (before instanceof Workflow.Absent) {
      must(events.getFirst() instanceof Event.Started, "begins without started", key);
      must(events.get(1) instanceof Event.StateTransitioned, "begins without a move", key);
    }
    for (int i = 0; i < events.size(); i++) {
      boolean end = isEnd(events.get(i));
      must(end == (after instanceof Workflow.Finished && i == events.size() - 1), "end", events);
      must(!end || events.get(i - 1) instanceof Event.StateTransitioned, "no move to end", key);
    }
  }

  private static boolean isEnd(Event event) {
    return event instanceof Event.Completed
        || event instanceof Event.Failed
        || event instanceof Event.Cancelled;
  }

  private void checkStep(RunKey key, Event event) {
    if (event instanceof Event.StepCompleted step) {
      must(recorded.add(key.runId() + "#" + step.ordinal()), "outcome twice", step);
      must(calls.containsKey(key.runId() + step.step()), "outcome of a call never made", step);
      if (step.status() == Event.Status.COMPLETED) {
        Set<String> made = outcomes.getOrDefault(key.runId() + step.step(), Set.of());
        must(made.contains(step.output().toString()), "outcome that no runner gave", step);
      }
    }
  }

  /**
   * A call begins: always the same call for one idempotency key, and by one node not a second time
   * while it is under way, unless somebody has written meanwhile.
   */
  void started(Task task, SimLife by) {
    world.trace.note(by.name() + " calls " + task.idempotencyKey() + " " + task.attempt());
    String what = task.function() + task.arguments() + task.run().id();
    String before = calls.putIfAbsent(task.idempotencyKey(), what);
    must(before == null || before.equals(what), "one idempotency key for two calls", task);
    long version = known.getOrDefault(by.name() + RunKey.of(task.run()), 0L);
    Long earlier = underWay.put(attempt(task, by), version);
    boolean twice = earlier != null && earlier == version;
    must(!twice, "one node makes a call twice at once", task);
  }

  void answered(Task task, SimLife by) {
    underWay.remove(attempt(task, by));
  }

  private static String attempt(Task task, SimLife by) {
    return by.name() + " " + task.idempotencyKey() + " " + task.attempt();
  }

  void made(Task task, Outcome outcome) {
    if (outcome instanceof Outcome.Completed(var output)) {
      outcomes.computeIfAbsent(task.idempotencyKey(), _ -> new HashSet<>()).add(output.toString());
    }
  }

  /** A node says that a submission is durable, or was before. */
  void acknowledged(Submission.Result result) {
    RunKey key =
        switch (result) {
          case Submission.Result.Started(RunRow row) -> RunKey.of(row.run());
          case Submission.Result.Existed(RunKey existed) -> existed;
        };
    must(world.log.streams.containsKey(key), "acknowledged and not durable", key);
  }

  void acknowledgedCancel(RunKey key, RunRow row) {
    must(row.state() == Workflow.State.CANCELLED, "cancel answered with another state", row);
    must(
        world.log.state(key) instanceof Workflow.Cancelled, "acknowledged cancel not durable", key);
    cancelled.add(key);
  }

  /** Of everything, when all is over. */
  void checkEnd(Set<RunKey> accepted) {
    must(world.log.streams.keySet().equals(accepted), "runs and answers differ", accepted);
    world.log.streams.forEach((key, stream) -> {
      Workflow replayed = world.log.state(key);
      must(replayed instanceof Workflow.Finished, "did not end", key);
      must(replayed.equals(states.get(key)), "replay differs", key);
      must(world.log.load(key).workflow().equals(replayed), "snapshot differs", key);
      must(
          !cancelled.contains(key) || replayed instanceof Workflow.Cancelled,
          "acknowledged cancel undone",
          key);
      must(stream.due == null, "ended and due", key);
    });
    var idle = new ArrayList<String>();
    for (SimNode node : world.nodes) {
      SimLife life = node.life();
      if (life == null || life.workflows().activeCount() > 0) {
        idle.add("n" + node.index);
      }
    }
    must(idle.isEmpty(), "memory is not empty", idle);
    check();
  }
}
