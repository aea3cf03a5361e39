// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One process with its log in virtual time, and a runner that does what a test wants. */
abstract class OneProcess {
  static final DefinitionReader READER = new DefinitionReader();
  static final String HEAD =
      "document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.0.0'}\n";
  static final String CALL = "do: [{a: {call: work}}]";
  static final Outcome AWAY =
      new Outcome.Failed(
          WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "away", null),
          true,
          new CallPolicy(
              TaskKind.ESSENTIAL,
              RetryPolicy.doubling(30, Duration.ofSeconds(20)),
              NullNode.instance));

  /** What runs may have of a heap of 256 MB. */
  static final long QUARTER = 64L << 20;

  /** 256 KiB of JSON, about 3 MiB in memory. */
  static final JsonNode LARGE = large();

  /** How many of those a quarter holds, and one load after the other at its limit. */
  static final int FEW = 24;

  final SimulatedTime time = new SimulatedTime();
  final ModelLog log = new ModelLog(time);
  final NearLog wire = new NearLog(time, log, new Random(1));
  SimulatedTime.Life life = time.new Life();
  Settings settings = settings(Long.MAX_VALUE);
  Workflows workflows = start();
  Outcome outcome = new Outcome.Completed(IntNode.valueOf(1));
  Duration takes = Duration.ofMillis(10);
  boolean runnerThere = true;

  /** How far the clock of the process is ahead of the log's. */
  Duration skew = Duration.ZERO;

  /** Until then the runner makes no calls. */
  Instant refusingUntil = Instant.EPOCH;

  int calls;

  /** What a test wants to see when a call begins. */
  Consumer<TaskRunner.Task> began = _ -> {};

  private static JsonNode large() {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    var items = input.putArray("items");
    for (int i = 0; i < 7000; i++) {
      items.addObject().put("id", i).put("name", "abc").put("v", 1.5 + i);
    }
    return input;
  }

  static Settings settings(long maxHeld) {
    return new Settings(
        1000,
        maxHeld,
        4,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Limits.DEFAULT);
  }

  private Workflows start() {
    return start(life, new AllShards());
  }

  Workflows start(SimulatedTime.Life life, World.Membership membership) {
    var started = new Workflows(READER, world(life, life, membership), settings);
    started.start();
    return started;
  }

  World world(SimulatedTime.Life life, World.Turns turns, World.Membership membership) {
    return new World(
        () -> time.now().plus(skew),
        life,
        turns,
        new SplittableRandom(1),
        membership,
        wire.seenBy(life),
        new Work(life));
  }

  /** From now on the runs in memory may hold so much. */
  void restart(long maxHeld) {
    settings = settings(maxHeld);
    restart();
  }

  void restart() {
    life.kill();
    life = time.new Life();
    workflows = start();
  }

  private final class Work implements World.Tasks {
    private final SimulatedTime.Life by;

    Work(SimulatedTime.Life by) {
      this.by = by;
    }

    @Override
    public boolean knows(String function) {
      return runnerThere || function.equals("other");
    }

    @Override
    public TaskRunner runner(String function) {
      return new TaskRunner() {
        @Override
        public CompletionStage<Outcome> run(Task task) {
          began.accept(task);
          return by.answer(
              takes,
              () -> {
                calls++;
                return outcome;
              });
        }

        @Override
        public Duration refusing() {
          Duration left = Duration.between(time.now(), refusingUntil);
          return left.isNegative() ? Duration.ZERO : left;
        }
      };
    }
  }

  void pass(Duration duration) {
    Instant end = time.now().plus(duration);
    var unused = life.after(duration, () -> {});
    while (time.step(end)) {}
  }

  CompletableFuture<Submission.Result> submission(String id, String tasks) {
    return submission(id, tasks, JsonNodeFactory.instance.objectNode());
  }

  CompletableFuture<Submission.Result> submission(String id, String tasks, JsonNode input) {
    return submission(id, null, tasks, input);
  }

  CompletableFuture<Submission.Result> submission(
      String id, @Nullable String requestId, String tasks, JsonNode input) {
    return workflows
        .submit(new Submission("tests", id, requestId, HEAD + tasks, input, "corr", null, Map.of()))
        .toCompletableFuture();
  }

  RunKey submit(String id, String tasks) {
    return started(submission(id, tasks));
  }

  RunKey started(CompletableFuture<Submission.Result> answer) {
    Instant end = time.now().plusSeconds(1);
    while (!answer.isDone() && time.step(end)) {}
    return RunKey.of(((Submission.Result.Started) answer.join()).row().run());
  }

  List<RunKey> submitLarge(int count, String tasks) {
    return IntStream.range(0, count)
        .mapToObj(i -> started(submission("w" + i, tasks, LARGE)))
        .toList();
  }

  static Fault refusal(CompletableFuture<?> answer) {
    assertThat(answer).isCompletedExceptionally();
    var failure = catchThrowableOfType(CompletionException.class, answer::join);
    return (Fault) failure.getCause();
  }

  CompletableFuture<RunRow> cancel(RunKey key) {
    return workflows.cancel(key, "enough").toCompletableFuture();
  }

  RunRow row(RunKey key) {
    return log.streams.get(key).row();
  }

  WorkflowError error(RunKey key) {
    return Objects.requireNonNull(row(key).error());
  }

  List<Event> events(RunKey key) {
    return log.streams.get(key).events.stream().map(EventLog.Identified::event).toList();
  }

  void refuse(Fault fault, Predicate<Event> what) {
    log.refusal =
        append ->
            append.events().stream().map(EventLog.Identified::event).anyMatch(what) ? fault : null;
  }
}
