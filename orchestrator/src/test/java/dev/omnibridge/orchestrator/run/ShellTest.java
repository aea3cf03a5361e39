// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One trouble at a time, in virtual time. */
class ShellTest extends OneProcess {
  private static final Fault WRONG = Fault.invalid("TEXT_WITH_NUL", "It holds a NUL character.");
  private static final Fault BROKEN = Fault.broken(new IllegalStateException("refused by SQL"));

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
  void shouldHoldACallThatWouldBeRefusedAndTakeNoneOfItsAttempts() {
    refusingUntil = time.now().plusSeconds(300);
    RunKey key = submit("w", CALL);
    pass(Duration.ofSeconds(290));
    assertThat(row(key).state()).isEqualTo(Workflow.State.WAITING);
    assertThat(error(key).detail()).contains("'work'", "not called for now");
    assertThat(calls).isZero();
    pass(Duration.ofSeconds(15));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(1);
    assertThat(events(key)).hasSize(7);
  }

  /**
   * The breaker opens again and again: what is held is looked at, and leaves no trace in the log.
   */
  @Test
  void shouldNotGrowTheHistoryOfARunThatIsHeldForLong() {
    RunKey key = heldForAnHour();
    assertThat(events(key)).hasSize(3);
    pass(Duration.ofSeconds(40));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
  }

  private RunKey heldForAnHour() {
    refusingUntil = time.now().plusSeconds(30);
    RunKey key = submit("w", CALL);
    for (int i = 0; i < 120; i++) {
      pass(Duration.ofSeconds(29));
      refusingUntil = time.now().plusSeconds(30);
    }
    return key;
  }

  @Test
  void shouldTellARunnerThatACallIsNotWantedOnceTheRunIsCancelled() {
    List<TaskRunner.Task> begun = new ArrayList<>();
    began = begun::add;
    takes = Duration.ofMinutes(1);
    RunKey key = submit("w", CALL);
    pass(Duration.ofSeconds(1));
    assertThat(begun).singleElement().matches(task -> task.wanted().getAsBoolean());
    var cancelled = cancel(key);
    pass(Duration.ofSeconds(1));
    assertThat(cancelled).isCompleted();
    assertThat(begun).singleElement().matches(task -> !task.wanted().getAsBoolean());
  }

  @Test
  void shouldTellTheClientWhenTheLogBreaksOnASubmission() {
    refuse(BROKEN, _ -> true);
    var answer = submission("w", CALL);
    pass(Duration.ofMinutes(5));
    assertThat(answer).isCompletedExceptionally();
    assertThat(workflows.activeCount()).isZero();
  }

  /** The log has it, and says for a long time only that it is broken. */
  @Test
  void shouldNotGiveUpASubmissionThatMayBeInTheLog() {
    log.instead =
        _ -> {
          log.instead = _ -> null;
          refuse(BROKEN, _ -> true);
          return Fault.of(Fault.Kind.TIMEOUT, "GRPC_DEADLINE_EXCEEDED", "No answer came.");
        };
    var answer = submission("w", CALL);
    pass(Duration.ofMinutes(5));
    assertThat(log.streams).hasSize(1);
    assertThat(answer).isNotDone();
    refuse(BROKEN, _ -> false);
    pass(Duration.ofMinutes(1));
    RunKey key = RunKey.of(((Submission.Result.Started) answer.join()).row().run());
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void shouldFailTheStepWhoseExpressionBreaksInALibrary() {
    String match = "{b: {set: {x: '${ .pattern as $p | \"a\" | test($p) }'}}}";
    outcome = new Outcome.Completed(JsonNodeFactory.instance.objectNode().put("pattern", "("));
    RunKey key = submit("w", "do: [{a: {call: work}}, %s]".formatted(match));
    pass(Duration.ofMinutes(5));
    assertThat(row(key).state()).isEqualTo(Workflow.State.FAILED);
    assertThat(error(key).type()).isEqualTo(WorkflowError.Kind.EXPRESSION.type());
    assertThat(error(key).instance()).startsWith("/do/1/b");
    assertThat(calls).isEqualTo(1);
  }

  /** A pause that is longer than its arithmetic stands for a bug of any kind. */
  @Test
  void shouldEndTheRunAndNotRepeatTheCallWhenItsOutcomeCannotBeDecided() {
    RetryPolicy wrong = RetryPolicy.doubling(1, Duration.ofSeconds(Long.MAX_VALUE));
    outcome =
        new Outcome.Failed(
            WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "away", null),
            true,
            new CallPolicy(TaskKind.ESSENTIAL, wrong, NullNode.instance));
    RunKey key = submit("w", CALL);
    pass(Duration.ofMinutes(5));
    assertThat(row(key).state()).isEqualTo(Workflow.State.FAILED);
    assertThat(error(key).detail()).contains("cannot be decided");
    assertThat(error(key).instance()).isEqualTo("/do/0/a");
    assertThat(calls).isEqualTo(1);
    assertThat(workflows.activeCount()).isZero();
  }

  @Test
  void shouldNotHoldACallThatIsUnderWay() {
    takes = Duration.ofSeconds(60);
    RunKey key = submit("w", CALL);
    runnerThere = false;
    assertThat(workflows.nudge(new EventLog.Pointer(key, 0, "RUNNING", null))).isTrue();
    pass(Duration.ofSeconds(30));
    assertThat(row(key).state()).isEqualTo(Workflow.State.RUNNING);
    pass(Duration.ofMinutes(2));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(1);
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
}
