// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Large runs in a heap of 256 MB, of which they may have a quarter. */
class RoomTest extends OneProcess {
  /** Fails for the workflow itself, which tries again every 3 s. */
  private static final Outcome NOT_YET =
      new Outcome.Failed(
          WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "not yet", null),
          false,
          new CallPolicy(
              TaskKind.ESSENTIAL,
              RetryPolicy.doubling(0, Duration.ofSeconds(1)),
              NullNode.instance));

  private static final String LOOK_EVERY_3_S =
      "do: [{t: {try: [{look: {call: work}}],"
          + " catch: {retry: {delay: PT3S, limit: {attempt: {count: 1000}}}}}}]";

  private int most;

  private void watchMemory() {
    began = _ -> most = Math.max(most, workflows.activeCount());
  }

  @Test
  void shouldRefuseMoreWhileAFewLargeRunsFillTheMemoryAndSayWhy() {
    restart(QUARTER);
    takes = Duration.ofSeconds(20);
    List<CompletableFuture<Submission.Result>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(submission("w" + i, CALL, LARGE));
      pass(Duration.ofMillis(20));
    }
    var refused = answers.stream().filter(CompletableFuture::isCompletedExceptionally).toList();
    assertThat(100 - refused.size()).isBetween(10, FEW);
    Fault fault = refusal(refused.getFirst());
    assertThat(fault.kind()).isEqualTo(Fault.Kind.EXHAUSTED);
    assertThat(fault.reason()).isEqualTo("TOO_MANY_ACTIVE");
    assertThat(fault.getMessage())
        .contains("64 MiB", "try again later", "nothing of an earlier try");
    assertThat(fault.facts()).containsEntry("limit_bytes", Long.toString(QUARTER));
    pass(Duration.ofMinutes(1));
    assertThat(log.streams.keySet()).allMatch(key -> row(key).finished());
    takes = Duration.ofMillis(10);
    RunKey next = started(submission("next", CALL, LARGE));
    pass(Duration.ofSeconds(1));
    assertThat(row(next).state()).isEqualTo(Workflow.State.COMPLETED);
  }

  @Test
  void shouldRefuseWhatComesAtOnceBeforeAnyOfItIsInTheLog() {
    restart(QUARTER);
    long accepted =
        IntStream.range(0, 100)
            .mapToObj(i -> submission("w" + i, CALL, LARGE))
            .filter(answer -> !answer.isDone())
            .count();
    assertThat(accepted).isBetween(10L, (long) FEW);
    pass(Duration.ofSeconds(10));
    assertThat(log.streams.keySet())
        .hasSize((int) accepted)
        .allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  @Test
  void shouldHoldTenThousandSmallRuns() {
    var input = JsonNodeFactory.instance.objectNode().put("hash", "a".repeat(64));
    var room = new Room(QUARTER);
    RunKey key = started(submission("w", LOOK_EVERY_3_S, input));
    Workflow state = log.load(key).workflow();
    var source = READER.read(HEAD + LOOK_EVERY_3_S);
    var rules = new WorkflowRules(source, Limits.DEFAULT);
    var definition = new Definitions.Pinned(source, source.source().toString(), "hash", rules);
    for (int i = 0; i < 10_000; i++) {
      assertThat(room.taken()).isFalse();
      var unused = new Weight(room, definition, state);
    }
  }

  /** Ten of 50,000 characters hold 10 MB, and one of them, in ten runs or a hundred, 1 MB. */
  @Test
  void shouldCountADefinitionOnceForAllItsRuns() {
    restart(5_000_000);
    takes = Duration.ofSeconds(20);
    String large =
        "do: [{a: {call: work, with: {n: %%d}, then: end}}, {never: {set: {x: %s}}}]"
            .formatted("x".repeat(50_000));
    IntStream.range(0, 100).forEach(i -> submit("same" + i, large.formatted(0)));
    pass(Duration.ofMinutes(1));
    IntStream.range(0, 5).forEach(i -> submit("other" + i, large.formatted(i)));
    assertThat(refusal(submission("other5", large.formatted(5))).getMessage())
        .contains("too much data");
    pass(Duration.ofMinutes(1));
    submit("other5", large.formatted(5));
    pass(Duration.ofMinutes(1));
    assertThat(log.streams.keySet())
        .hasSize(106)
        .allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  @Test
  void shouldTakeUpInTurnsWhatIsTooMuchAtOnceAndFinishAll() {
    takes = Duration.ofSeconds(2);
    List<RunKey> keys = submitLarge(80, CALL);
    watchMemory();
    restart(QUARTER);
    pass(Duration.ofMinutes(1));
    assertThat(keys).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
    assertThat(most).isBetween(10, FEW + 4);
    assertThat(workflows.recovered()).isTrue();
  }

  /** None of them would ever end, or leave memory for its 3 s, and the others have to look, too. */
  @Test
  void shouldLetEveryRunTakeItsTurnAlsoWhenThoseInMemoryWaitForEver() {
    outcome = NOT_YET;
    List<RunKey> keys = submitLarge(60, LOOK_EVERY_3_S);
    var looked = new HashSet<String>();
    restart(QUARTER);
    began = task -> looked.add(task.run().id().value());
    pass(Duration.ofSeconds(30));
    assertThat(looked).hasSize(60);
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    pass(Duration.ofMinutes(1));
    assertThat(keys).allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
  }

  @Test
  void shouldLetARunGoOnThatIsTooLargeForAllTheRoom() {
    restart(100_000);
    takes = Duration.ofSeconds(2);
    RunKey large = started(submission("large", CALL, LARGE));
    assertThat(refusal(submission("small", CALL)).reason()).isEqualTo("TOO_MANY_ACTIVE");
    restart(100_000);
    pass(Duration.ofSeconds(10));
    assertThat(row(large).state()).isEqualTo(Workflow.State.COMPLETED);
    RunKey small = submit("small", CALL);
    pass(Duration.ofSeconds(10));
    assertThat(row(small).state()).isEqualTo(Workflow.State.COMPLETED);
  }

  /** It would look for ever, and takes all the room while it is in memory. */
  @Test
  void shouldLetOthersInWhileARunWaitsThatIsTooLargeForAllTheRoom() {
    restart(100_000);
    outcome = NOT_YET;
    RunKey large = started(submission("large", LOOK_EVERY_3_S, LARGE));
    pass(Duration.ofMillis(500));
    RunKey small = submit("small", CALL);
    pass(Duration.ofSeconds(10));
    assertThat(row(small).finished()).isTrue();
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    pass(Duration.ofMinutes(1));
    assertThat(row(large).state()).isEqualTo(Workflow.State.COMPLETED);
  }

  /** 250,000 characters each, some 5 MB when it is read. */
  private List<CompletableFuture<Submission.Result>> bringAtOnce(IntUnaryOperator number) {
    String large = "do: [{a: {call: work, with: {n: %%d, x: %s}}}]".formatted("x".repeat(250_000));
    return IntStream.range(0, 100)
        .mapToObj(i -> submission("w" + i, large.formatted(number.applyAsInt(i))))
        .toList();
  }

  @Test
  void shouldRefuseManyLargeDefinitionsThatComeAtOnceBeforeAnyOfThemIsRead() {
    restart(QUARTER);
    var answers = bringAtOnce(i -> i);
    assertThat(answers.stream().filter(answer -> !answer.isDone()).count()).isBetween(10L, 14L);
    pass(Duration.ofSeconds(10));
    assertThat(log.streams.keySet())
        .hasSizeBetween(10, 14)
        .allMatch(key -> row(key).state() == Workflow.State.COMPLETED);
    submit("next", CALL);
  }

  @Test
  void shouldAcceptTheSameLargeDefinitionFromManyAtOnce() {
    restart(QUARTER);
    var answers = bringAtOnce(_ -> 1);
    pass(Duration.ofSeconds(10));
    assertThat(answers).allMatch(answer -> answer.join() instanceof Submission.Result.Started);
  }

  @Test
  void shouldTakeUpManySmallRunsAtOnce() {
    takes = Duration.ofSeconds(30);
    IntStream.range(0, 500).forEach(i -> submit("w" + i, CALL));
    restart(QUARTER);
    wire.loadTakes = Duration.ofMillis(50);
    pass(Duration.ofSeconds(5));
    assertThat(workflows.recovered()).isTrue();
    assertThat(workflows.activeCount()).isEqualTo(500);
  }

  @Test
  void shouldCancelManySmallRunsAtOnce() {
    outcome = AWAY;
    List<RunKey> keys = IntStream.range(0, 500).mapToObj(i -> submit("w" + i, CALL)).toList();
    pass(Duration.ofSeconds(1));
    restart(QUARTER);
    wire.loadTakes = Duration.ofMillis(50);
    var answers = keys.stream().map(this::cancel).toList();
    pass(Duration.ofSeconds(5));
    assertThat(answers).allMatch(CompletableFuture::isDone);
  }

  /** 15 of them sleep for 9 s when 6 come that make long calls. */
  private void fillWithSleepers() {
    restart(QUARTER);
    outcome = NOT_YET;
    var unused = submitLarge(15, LOOK_EVERY_3_S.replace("PT3S", "PT9S"));
    pass(Duration.ofMillis(100));
    assertThat(workflows.activeCount()).isEqualTo(15);
    takes = Duration.ofSeconds(30);
    IntStream.range(0, 6).forEach(i -> started(submission("long" + i, CALL, LARGE)));
  }

  @Test
  void shouldSendSleepersToTheLogRatherThanRefuseASubmission() {
    fillWithSleepers();
    RunKey small = submit("small", CALL);
    pass(Duration.ofMinutes(2));
    assertThat(row(small).finished()).isTrue();
  }

  @Test
  void shouldSendSleepersToTheLogAtTheNextPollWhenTheMemoryIsFull() {
    fillWithSleepers();
    pass(Duration.ofMillis(1500));
    assertThat(workflows.full()).isFalse();
    assertThat(workflows.activeCount()).isEqualTo(20);
  }

  @Test
  void shouldCancelManyLargeRunsAFewAtATime() {
    outcome = AWAY;
    List<RunKey> keys = submitLarge(50, CALL);
    pass(Duration.ofSeconds(1));
    restart(QUARTER);
    wire.loadTakes = Duration.ofMillis(50);
    var answers = keys.stream().map(this::cancel).toList();
    while (!answers.stream().allMatch(CompletableFuture::isDone)) {
      most = Math.max(most, workflows.activeCount());
      pass(Duration.ofMillis(1));
    }
    assertThat(answers).allMatch(answer -> answer.join().state() == Workflow.State.CANCELLED);
    assertThat(most).isBetween(1, 4);
  }
}
