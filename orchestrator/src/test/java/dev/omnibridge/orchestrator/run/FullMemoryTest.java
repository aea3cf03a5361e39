// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What comes and goes while the runs in memory hold all that they may. */
class FullMemoryTest extends OneProcess {
  private final Set<RunKey> begun = new HashSet<>();
  private JsonNode largeInput = LARGE;
  private Duration largeTakes = Duration.ofSeconds(2);
  private long most;

  /** Some that end at once, and then large ones that do not; how many of these at once. */
  private List<RunKey> left(int small, int large) {
    takes = Duration.ofSeconds(2);
    IntStream.range(0, small).forEach(i -> submit("small" + i, CALL));
    List<RunKey> keys =
        IntStream.range(0, large)
            .mapToObj(i -> started(submission("w" + i, CALL, largeInput)))
            .toList();
    began =
        task -> {
          boolean quick = task.run().input().isEmpty();
          takes = quick ? Duration.ofMillis(10) : largeTakes;
          if (!quick) {
            countBegun(task);
          }
        };
    log.page = 500;
    wire.loadTakes = Duration.ofMillis(50);
    return keys;
  }

  private void countBegun(TaskRunner.Task task) {
    if (begun.add(RunKey.of(task.run()))) {
      most = Math.max(most, begun.stream().filter(key -> !row(key).finished()).count());
    }
  }

  @Test
  void shouldTakeUpLargeRunsInTurnsAlsoWhenTheLastHundredWereSmall() {
    List<RunKey> large = left(100, 60);
    restart(QUARTER);
    pass(Duration.ofMinutes(1));
    assertThat(large).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
    assertThat(most).isBetween(10L, (long) FEW);
    assertThat(large).allMatch(key -> log.loads.get(key).size() <= 2);
    assertThat(workflows.recovered()).isTrue();
  }

  /** There is room for 20, and whenever one ends, somebody is there before another is loaded. */
  @Test
  void shouldTakeUpWhatWasLeftAlsoWhileOthersTakeAllTheRoomAgainAndAgain() {
    largeInput = JsonNodeFactory.instance.objectNode().put("text", "x".repeat(200_000));
    largeTakes = Duration.ofMillis(500);
    List<RunKey> large = left(20, 15);
    restart(4_000_000);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      var answer = submission("new" + i, CALL, largeInput);
      pass(Duration.ofMillis(10));
      refused += answer.isCompletedExceptionally() ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(500);
    assertThat(large).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
    assertThat(large).allMatch(key -> log.loads.get(key).size() <= 2);
  }

  /** The same where room comes back when the calls end of runs that were cancelled before. */
  @Test
  void shouldTakeUpWhatWasLeftAlsoWhileOthersAreCancelledAndTakeAllTheRoomAgain() {
    largeInput = JsonNodeFactory.instance.objectNode().put("text", "x".repeat(200_000));
    largeTakes = Duration.ofMillis(300);
    List<RunKey> large = left(20, 36);
    restart(4_000_000);
    for (int i = 0; i < 1000; i++) {
      var answer = submission("new" + i, CALL, largeInput);
      pass(Duration.ofMillis(10));
      if (!answer.isCompletedExceptionally()) {
        var unused = cancel(started(answer));
      }
    }
    assertThat(large).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  /** Each has a definition of its own that takes 5 MB, of which nothing is known before. */
  @Test
  void shouldTakeUpInTurnsWhatIsLargeByItsDefinition() {
    takes = Duration.ofSeconds(2);
    IntStream.range(0, 100).forEach(i -> submit("small" + i, CALL));
    String text = "do: [{a: {call: work, with: {n: %%d, x: %s}}}]".formatted("x".repeat(250_000));
    IntStream.range(0, 40).forEach(i -> submit("w" + i, text.formatted(i)));
    began =
        task -> {
          takes = Duration.ofMillis(task.arguments().isEmpty() ? 10 : 2000);
          if (task.arguments().has("n")) {
            countBegun(task);
          }
        };
    log.page = 500;
    wire.loadTakes = Duration.ofMillis(50);
    restart(QUARTER);
    pass(Duration.ofMinutes(1));
    assertThat(most).isBetween(5L, 14L);
    assertThat(log.streams.keySet()).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  private static boolean isCancelled(CompletableFuture<RunRow> answer) {
    return answer.isDone() && answer.join().state() == Workflow.State.CANCELLED;
  }

  private List<RunKey> fillWithCallsOf20Seconds() {
    restart(QUARTER);
    takes = Duration.ofSeconds(20);
    List<RunKey> keys = new ArrayList<>();
    for (int i = 0; i < FEW; i++) {
      var answer = submission("w" + i, "r" + i, CALL, LARGE);
      pass(Duration.ofMillis(20));
      if (!answer.isCompletedExceptionally()) {
        keys.add(started(answer));
      }
    }
    assertThat(keys).hasSizeLessThan(FEW);
    return keys;
  }

  @Test
  void shouldNotGiveTheRoomOfACancelledRunToOthersBeforeItsCallHasEnded() {
    var answers = fillWithCallsOf20Seconds().stream().map(this::cancel).toList();
    pass(Duration.ofSeconds(1));
    assertThat(answers).allMatch(FullMemoryTest::isCancelled);
    var unused = submission("early", CALL, LARGE);
    assertThat(refusal(submission("next", CALL, LARGE)).reason()).isEqualTo("TOO_MANY_ACTIVE");
    pass(Duration.ofSeconds(20));
    IntStream.range(0, 10).forEach(i -> started(submission("late" + i, CALL, LARGE)));
  }

  private RunKey submitAwayFromMemory(String id) {
    outcome = AWAY;
    RunKey key = submit(id, CALL);
    pass(Duration.ofSeconds(1));
    assertThat(workflows.activeCount()).isZero();
    return key;
  }

  @Test
  void shouldNotLetThoseWhoCancelOneRunWaitForAllWhoCancelAnother() {
    RunKey damaged = submitAwayFromMemory("damaged");
    RunKey sound = submitAwayFromMemory("sound");
    log.damaged = damaged::equals;
    wire.loadTakes = Duration.ofMillis(500);
    var inVain = IntStream.range(0, 1000).mapToObj(_ -> cancel(damaged)).toList();
    var answer = cancel(sound);
    pass(Duration.ofSeconds(2));
    assertThat(isCancelled(answer)).isTrue();
    assertThat(inVain).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(log.loads.get(damaged)).hasSize(1);
    log.damaged = _ -> false;
    var again = cancel(damaged);
    pass(Duration.ofSeconds(2));
    assertThat(isCancelled(again)).isTrue();
  }

  @Test
  void shouldAnswerEveryOneOfManyWhoCancelARunThatIsNotInMemory() {
    RunKey key = submitAwayFromMemory("w");
    var answers = IntStream.range(0, 1000).mapToObj(_ -> cancel(key)).toList();
    pass(Duration.ofSeconds(1));
    assertThat(answers).allMatch(FullMemoryTest::isCancelled);
    assertThat(events(key)).filteredOn(Event.Cancelled.class::isInstance).hasSize(1);
    var late = cancel(key);
    pass(Duration.ofSeconds(1));
    assertThat(isCancelled(late)).isTrue();
  }
}
