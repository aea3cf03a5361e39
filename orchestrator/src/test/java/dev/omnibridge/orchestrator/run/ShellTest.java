// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One trouble at a time, in virtual time. */
class ShellTest {
  private static final DefinitionReader READER = new DefinitionReader();
  private static final String HEAD =
      "document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.0.0'}\n";
  private static final String CALL = "do: [{a: {call: work}}]";
  private static final Settings SETTINGS =
      new Settings(
          1000,
          4,
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Limits.DEFAULT);
  private static final Fault WRONG = Fault.invalid("TEXT_WITH_NUL", "It holds a NUL character.");
  private static final Fault BROKEN = Fault.broken(new IllegalStateException("refused by SQL"));
  private static final Outcome AWAY =
      new Outcome.Failed(
          WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "away", null),
          true,
          new CallPolicy(
              TaskKind.ESSENTIAL,
              RetryPolicy.doubling(30, Duration.ofSeconds(20)),
              NullNode.instance));

  private final SimulatedTime time = new SimulatedTime();
  private final ModelLog log = new ModelLog(time, new Random(1));
  private SimulatedTime.Life life = time.new Life();
  private Workflows workflows = start();
  private Outcome outcome = new Outcome.Completed(IntNode.valueOf(1));
  private Duration takes = Duration.ofMillis(10);
  private boolean runnerThere = true;
  private int calls;

  private Workflows start() {
    World world =
        new World(
            time,
            life,
            life,
            new SplittableRandom(1),
            () -> Set.of(1),
            log.seenBy(life),
            new Work());
    var started = new Workflows(READER, world, SETTINGS);
    started.start();
    return started;
  }

  private void restart() {
    life.kill();
    life = time.new Life();
    workflows = start();
  }

  private final class Work implements World.Tasks {
    @Override
    public boolean knows(String function) {
      return runnerThere;
    }

    @Override
    public TaskRunner runner(String function) {
      return _ ->
          life.answer(
              takes,
              () -> {
                calls++;
                return outcome;
              });
    }
  }

  private void pass(Duration duration) {
    Instant end = time.now().plus(duration);
    var unused = life.after(duration, () -> {});
    while (time.step(end)) {}
  }

  private CompletableFuture<Submission.Result> submission(String id, String tasks) {
    var input = JsonNodeFactory.instance.objectNode();
    return workflows
        .submit(new Submission("tests", id, null, HEAD + tasks, input, "corr", null, Map.of()))
        .toCompletableFuture();
  }

  private RunKey submit(String id, String tasks) {
    var answer = submission(id, tasks);
    Instant end = time.now().plusSeconds(1);
    while (!answer.isDone() && time.step(end)) {}
    return RunKey.of(((Submission.Result.Started) answer.join()).row().run());
  }

  private CompletableFuture<RunRow> cancel(RunKey key) {
    return workflows.cancel(key, "enough").toCompletableFuture();
  }

  private RunRow row(RunKey key) {
    return Objects.requireNonNull(log.streams.get(key).row);
  }

  private WorkflowError error(RunKey key) {
    return Objects.requireNonNull(row(key).error());
  }

  private List<Event> events(RunKey key) {
    return log.streams.get(key).events.stream().map(EventLog.Identified::event).toList();
  }

  private void refuse(Fault fault, Predicate<Event> what) {
    log.refusal =
        append ->
            append.events().stream().map(EventLog.Identified::event).anyMatch(what) ? fault : null;
  }

  @Test
  void shouldEndTheRunWhenTheLogNeverTakesAnOutcome() {
    refuse(WRONG, Event.StepCompleted.class::isInstance);
    RunKey key = submit("w", CALL);
    pass(Duration.ofHours(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.FAILED);
    assertThat(error(key).detail()).contains("log refuses", "TEXT_WITH_NUL");
    assertThat(error(key).instance()).isEqualTo("/do/0/a");
    assertThat(events(key)).hasSize(4);
    assertThat(calls).isEqualTo(1);
    assertThat(workflows.activeCount()).isZero();
  }

  @Test
  void shouldEndTheRunWhenTheLogNeverTakesWhatFollowsAWait() {
    String raise = "{r: {raise: {error: {type: 'https://e.org/x', status: 500}}}}";
    String retry = "{retry: {delay: PT20S, limit: {attempt: {count: 3}}}}";
    refuse(
        WRONG,
        event ->
            event instanceof Event.StateTransitioned moved
                && moved.from() == Workflow.State.WAITING
                && moved.progress() != null);
    RunKey key = submit("w", "do: [{t: {try: [%s], catch: %s}}]".formatted(raise, retry));
    pass(Duration.ofHours(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.FAILED);
    assertThat(error(key).detail()).contains("log refuses", "TEXT_WITH_NUL");
    assertThat(workflows.activeCount()).isZero();
  }

  @Test
  void shouldEndTheRunWhenTheLogBreaksOnOneAppendAgainAndAgain() {
    refuse(BROKEN, Event.StepCompleted.class::isInstance);
    RunKey key = submit("w", CALL);
    pass(Duration.ofMinutes(5));
    assertThat(row(key).state()).isEqualTo(Workflow.State.FAILED);
    assertThat(error(key).detail()).contains("log refuses", "INTERNAL");
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void shouldOutliveALogThatIsBrokenForEverybody() {
    RunKey key = submit("w", CALL);
    refuse(BROKEN, _ -> true);
    pass(Duration.ofMinutes(10));
    assertThat(row(key).state()).isEqualTo(Workflow.State.RUNNING);
    refuse(BROKEN, _ -> false);
    pass(Duration.ofMinutes(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(events(key)).hasSize(5);
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void shouldStayCancellableWhateverElseTheLogRefuses() {
    RunKey key = submit("w", CALL);
    refuse(WRONG, event -> event instanceof Event.StepCompleted || event instanceof Event.Failed);
    pass(Duration.ofMinutes(5));
    assertThat(row(key).state()).isEqualTo(Workflow.State.RUNNING);
    var cancelled = cancel(key);
    pass(Duration.ofMinutes(1));
    assertThat(cancelled.join().state()).isEqualTo(Workflow.State.CANCELLED);
    assertThat(calls).isEqualTo(1);
    assertThat(workflows.activeCount()).isZero();
  }

  @Test
  void shouldTellTheClientWhenTheLogBreaksOnASubmission() {
    refuse(BROKEN, _ -> true);
    var answer = submission("w", CALL);
    pass(Duration.ofMinutes(5));
    assertThat(answer).isCompletedExceptionally();
    assertThat(workflows.activeCount()).isZero();
  }

  private RunKey leftWithoutARunner() {
    RunKey key = submit("w", CALL);
    runnerThere = false;
    restart();
    pass(Duration.ofMinutes(2));
    return key;
  }

  @Test
  void shouldWaitForAMissingRunnerWithoutGrowingTheHistory() {
    RunKey key = leftWithoutARunner();
    assertThat(row(key).state()).isEqualTo(Workflow.State.WAITING);
    assertThat(row(key).dueIn()).isPositive();
    assertThat(error(key).detail()).contains("no runner for 'work'");
    assertThat(events(key)).hasSize(3);
    assertThat(workflows.activeCount()).isZero();
    assertThat(workflows.recovered()).isTrue();
    pass(Duration.ofHours(2));
    assertThat(events(key)).hasSize(3);
    assertThat(log.loads.get(key)).hasSizeBetween(230, 250);
    runnerThere = true;
    pass(Duration.ofMinutes(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(row(key).error()).isNull();
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void shouldCancelARunThatWaitsForAMissingRunner() {
    RunKey key = leftWithoutARunner();
    var cancelled = cancel(key);
    pass(Duration.ofMinutes(1));
    assertThat(cancelled.join().state()).isEqualTo(Workflow.State.CANCELLED);
    assertThat(workflows.activeCount()).isZero();
  }

  /** Found as due and, while it is being loaded, as unfinished, too. */
  @Test
  void shouldRetryALoadInOneChainHoweverOftenTheRunIsFound() {
    outcome = AWAY;
    RunKey key = submit("w", CALL);
    pass(Duration.ofSeconds(5));
    life.kill();
    pass(Duration.ofMinutes(5));
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    log.damaged = _ -> true;
    log.loadTakes = Duration.ofSeconds(2);
    log.awayUntil = time.now().plusSeconds(1);
    restart();
    pass(Duration.ofSeconds(4));
    assertThat(log.loads.get(key)).hasSize(1);
    log.loadTakes = Duration.ZERO;
    pass(Duration.ofMinutes(2));
    List<Instant> loads = List.copyOf(log.loads.get(key));
    assertThat(loads).hasSizeBetween(30, 60);
    for (int i = 1; i < loads.size(); i++) {
      assertThat(Duration.between(loads.get(i - 1), loads.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofMillis(Math.min(2500, 10L << i)));
    }
    assertThat(workflows.recovered()).isFalse();
    log.damaged = _ -> false;
    pass(Duration.ofMinutes(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(workflows.recovered()).isTrue();
  }

  @Test
  void shouldTakeUpADueRunBehindAPageOfRunsThatCannotBeLoaded() {
    log.page = 500;
    outcome = AWAY;
    IntStream.rangeClosed(1, 501).forEach(i -> submit("w" + i, CALL));
    pass(Duration.ofSeconds(1));
    assertThat(workflows.activeCount()).isZero();
    RunKey last =
        log.streams.entrySet().stream()
            .max(Comparator.comparing(entry -> Objects.requireNonNull(entry.getValue().due)))
            .orElseThrow()
            .getKey();
    log.damaged = key -> !key.equals(last);
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    pass(Duration.ofSeconds(45));
    assertThat(row(last).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(log.streams.keySet())
        .filteredOn(key -> row(key).state() == Workflow.State.WAITING)
        .hasSize(500);
    log.damaged = _ -> false;
    pass(Duration.ofMinutes(1));
    assertThat(log.streams.keySet()).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  @Test
  void shouldTakeUpEveryRunThatWasLeftAlsoWhenPagesAreShort() {
    takes = Duration.ofSeconds(20);
    List<RunKey> keys = IntStream.range(0, 20).mapToObj(i -> submit("w" + i, CALL)).toList();
    log.page = 3;
    restart();
    pass(Duration.ofMinutes(1));
    assertThat(keys).allMatch(key -> row(key).finished());
    assertThat(calls).isEqualTo(20);
  }
}
