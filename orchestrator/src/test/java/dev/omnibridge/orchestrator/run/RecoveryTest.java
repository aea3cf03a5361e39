// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs that have to be found again, in virtual time. */
class RecoveryTest extends OneProcess {
  @Test
  void shouldForgetARunThatSomebodyToldOfAndThatIsNotInTheLog() {
    var nobody = new RunKey("tests", "01930000-0000-7000-8000-000000000001");
    workflows.wake(nobody, 3);
    pass(Duration.ofMinutes(10));
    assertThat(log.loads.get(nobody)).hasSize(1);
    assertThat(workflows.recovered()).isTrue();
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
    wire.loadTakes = Duration.ofSeconds(2);
    wire.awayUntil = time.now().plusSeconds(1);
    restart();
    pass(Duration.ofSeconds(4));
    assertThat(log.loads.get(key)).hasSize(1);
    wire.loadTakes = Duration.ZERO;
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

  /** Who cancels hears of the failure; the run has to go on all the same. */
  @Test
  void shouldTakeUpARunThatIsFoundWhileItIsLoadedInVainForACancel() {
    takes = Duration.ofSeconds(20);
    RunKey key = submit("w", CALL);
    takes = Duration.ofMillis(10);
    log.damaged = _ -> true;
    wire.loadTakes = Duration.ofSeconds(2);
    restart();
    var cancelled = cancel(key);
    pass(Duration.ofSeconds(5));
    assertThat(cancelled).isCompletedExceptionally();
    log.damaged = _ -> false;
    wire.loadTakes = Duration.ZERO;
    pass(Duration.ofSeconds(10));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
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
  void shouldNotReadAllThatIsHeldAtEveryPollAndStillFindWhatIsNew() {
    takes = Duration.ofSeconds(20);
    IntStream.range(0, 70).forEach(i -> submit("w" + i, CALL));
    runnerThere = false;
    restart();
    pass(Duration.ofMinutes(5));
    assertThat(log.streams.keySet()).allMatch(key -> row(key).state() == Workflow.State.WAITING);
    int before = log.duePages;
    pass(Duration.ofMinutes(1));
    assertThat(log.duePages - before).isBetween(50, 65);
    takes = Duration.ofMillis(10);
    outcome = AWAY;
    RunKey late = submit("late", "do: [{a: {call: other}}]");
    pass(Duration.ofSeconds(1));
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    pass(Duration.ofSeconds(45));
    assertThat(row(late).state()).isEqualTo(Workflow.State.COMPLETED);
    runnerThere = true;
    pass(Duration.ofMinutes(1));
    assertThat(log.streams.keySet()).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  /** By its own clock it would be due only ten minutes later. */
  @Test
  void shouldGoOnWithADueRunOfAProcessWhoseClockWasAhead() {
    skew = Duration.ofMinutes(10);
    outcome = AWAY;
    RunKey key = submit("w", CALL);
    pass(Duration.ofSeconds(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.WAITING);
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    skew = Duration.ZERO;
    restart();
    pass(Duration.ofSeconds(30));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(log.loads.get(key)).hasSize(1);
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
