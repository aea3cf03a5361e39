// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The shell in virtual time: a network that loses requests and answers, runners that fail, a
 * process that is killed again and again. Whatever happens, every run ends, and nothing is recorded
 * twice.
 */
class SimulationTest {
  private static final DefinitionReader READER = new DefinitionReader();
  private static final String DEFINITION =
      """
      document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.0.0'}
      do:
        - first: {call: essential, with: {n: '${ .n }'}}
        - each: {for: {in: '[1,2,3]'}, do: [{a: {call: optional}}, {b: {call: essential}}]}
        - guarded:
            try: [{c: {call: essential}}]
            catch: {retry: {delay: PT20S, limit: {attempt: {count: 50}}}, do: [{gaveUp: {set: {x: 1}}}]}
        - last: {call: optional}
      """;
  private static final Settings SETTINGS =
      new Settings(
          40,
          4,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Limits.DEFAULT);

  @Test
  void shouldEndEveryRunWhateverIsLostAndWhoeverIsKilled() {
    runSeeds(25);
  }

  @Test
  @Tag("long")
  void shouldEndEveryRunWhateverIsLostAndWhoeverIsKilledOftener() {
    runSeeds(3000);
  }

  private static void runSeeds(int count) {
    long first = Long.getLong("seed", System.nanoTime() % 1_000_000_000L);
    for (long seed = first; seed < first + count; seed++) {
      try {
        new SimulationTest().simulate(seed);
      } catch (Throwable failure) {
        throw new AssertionError(
            "Failed with -Dseed=" + seed + ": " + failure.getMessage(), failure);
      }
    }
  }

  private final SimulatedTime time = new SimulatedTime();
  private final Map<String, Integer> made = new HashMap<>();
  private final Map<String, RunKey> accepted = new HashMap<>();
  private int refused;

  private void simulate(long seed) {
    Random random = new Random(seed);
    ModelLog log = new ModelLog(time, random);
    log.lossPercent = random.nextInt(20);
    int runs = 30;
    Set<String> wanted = new java.util.TreeSet<>();
    for (int i = 0; i < runs; i++) {
      wanted.add("w" + i);
    }
    for (int life = 0; life < 5; life++) {
      SimulatedTime.Life alive = time.new Life();
      Workflows workflows = start(alive, log, random);
      Instant end = time.now().plusMillis(500 + random.nextInt(20_000));
      submitMissing(workflows, alive, wanted, random);
      if (random.nextInt(3) == 0) {
        log.awayUntil = time.now().plusSeconds(random.nextInt(10));
      }
      while (time.step(end)) {}
      alive.kill();
    }
    log.lossPercent = random.nextInt(5);
    SimulatedTime.Life alive = time.new Life();
    Workflows workflows = start(alive, log, random);
    submitMissing(workflows, alive, wanted, random);
    Instant end = time.now().plus(Duration.ofHours(1));
    while (time.step(end) && !(accepted.size() == runs && finished(log))) {}
    Instant settled = time.now().plus(Duration.ofMinutes(1));
    while (time.step(settled)) {}
    check(log, runs);
    assertThat(workflows.activeCount()).isZero();
    assertThat(workflows.recovered()).isTrue();
  }

  private static boolean finished(ModelLog log) {
    return log.streams.values().stream()
        .allMatch(stream -> stream.row != null && stream.row.finished());
  }

  private Workflows start(SimulatedTime.Life life, ModelLog log, Random random) {
    World world =
        new World(
            time,
            life,
            life,
            new SplittableRandom(random.nextLong()),
            new AllShards(),
            log.seenBy(life),
            new Runners(life, random));
    Workflows workflows = new Workflows(READER, world, SETTINGS);
    workflows.start();
    return workflows;
  }

  /** A client that repeats its submission, under the same request id, until it is told the run. */
  private void submitMissing(
      Workflows workflows, SimulatedTime.Life life, Set<String> wanted, Random random) {
    for (String id : wanted) {
      if (!accepted.containsKey(id)) {
        var unused =
            life.after(Duration.ofMillis(random.nextInt(3000)), () -> submit(workflows, life, id));
      }
    }
  }

  private void submit(Workflows workflows, SimulatedTime.Life life, String id) {
    var input = JsonNodeFactory.instance.objectNode().put("n", id);
    Submission submission =
        new Submission("tests", id, "request-" + id, DEFINITION, input, "corr", null, Map.of());
    workflows
        .submit(submission)
        .whenComplete((result, failure) -> {
          if (failure == null) {
            accepted(id, result);
          } else {
            Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
            assertThat(cause).isInstanceOf(Fault.class);
            refused++;
            var unused = life.after(Duration.ofSeconds(1), () -> submit(workflows, life, id));
          }
        });
  }

  private void accepted(String id, Submission.Result result) {
    RunKey key =
        switch (result) {
          case Submission.Result.Started(RunRow row) -> RunKey.of(row.run());
          case Submission.Result.Existed(RunKey existed) -> existed;
        };
    RunKey before = accepted.put(id, key);
    assertThat(before == null || before.equals(key)).isTrue();
  }

  private void check(ModelLog log, int runs) {
    assertThat(accepted).hasSize(runs);
    assertThat(log.streams.keySet()).containsExactlyInAnyOrderElementsOf(accepted.values());
    for (RunKey key : log.streams.keySet()) {
      assertThat(log.state(key)).isInstanceOf(Workflow.Completed.class);
      List<Event> events =
          log.streams.get(key).events.stream().map(EventLog.Identified::event).toList();
      assertThat(events.getFirst()).isInstanceOf(Event.Started.class);
      assertThat(events.getLast()).isInstanceOf(Event.Completed.class);
      assertThat(events.get(1)).isInstanceOf(Event.StateTransitioned.class);
      List<String> steps = new ArrayList<>();
      for (Event event : events) {
        if (event instanceof Event.StepCompleted step) {
          steps.add(step.step());
        }
      }
      assertThat(steps).doesNotHaveDuplicates().hasSize(9);
      assertThat(steps).allSatisfy(step -> assertThat(made).containsKey(key.runId() + step));
    }
  }

  /**
   * Runners that take a while, fail now and then, and sometimes answer only after their process
   * died.
   */
  private final class Runners implements World.Tasks {
    private final SimulatedTime.Life life;
    private final Random random;

    Runners(SimulatedTime.Life life, Random random) {
      this.life = life;
      this.random = random;
    }

    @Override
    public boolean knows(String function) {
      return true;
    }

    @Override
    public TaskRunner runner(String function) {
      boolean essential = function.equals("essential");
      CallPolicy policy =
          new CallPolicy(
              essential ? TaskKind.ESSENTIAL : TaskKind.OPTIONAL,
              RetryPolicy.doubling(essential ? 30 : 1, Duration.ofMillis(200)),
              IntNode.valueOf(0));
      return task ->
          life.answer(
              Duration.ofMillis(random.nextInt(300)),
              () -> {
                made.merge(task.idempotencyKey(), 1, Integer::sum);
                if (random.nextInt(5) == 0) {
                  WorkflowError error =
                      WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "away", null);
                  return new Outcome.Failed(error, true, policy);
                }
                return new Outcome.Completed(IntNode.valueOf(random.nextInt(10)));
              });
    }
  }
}
