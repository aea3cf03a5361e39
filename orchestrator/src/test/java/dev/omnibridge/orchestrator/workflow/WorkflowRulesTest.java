// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static dev.omnibridge.orchestrator.workflow.Story.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What calls and the end of a run lead to. */
class WorkflowRulesTest {
  static final String THREE_CALLS =
      "do: [{a: {call: stamp, with: {p: '${ .p }'}}}, {b: {call: analyze, with: {h: '${ .hash }'}}}, {c: {call: stamp}}]";
  static final CallPolicy THREE_RETRIES =
      new CallPolicy(
          TaskKind.ESSENTIAL,
          new RetryPolicy(
              null,
              null,
              Duration.ofSeconds(2),
              RetryPolicy.Backoff.EXPONENTIAL,
              Duration.ZERO,
              Duration.ZERO,
              3,
              null),
          json("null"));

  @Test
  void shouldNeedFourAppendsAndEightEventsForThreeCalls() {
    Story story = Story.of(THREE_CALLS).submit("{\"p\":\"x\"}");
    assertThat(story.call().arguments()).isEqualTo(json("{\"p\":\"x\"}"));
    story.complete("{\"hash\":\"h1\"}");
    assertThat(story.call().function()).isEqualTo("analyze");
    assertThat(story.call().arguments()).isEqualTo(json("{\"h\":\"h1\"}"));
    story.complete("{\"lang\":\"java\"}").complete("{\"done\":1}");
    assertThat(story.output()).isEqualTo(json("{\"done\":1}"));
    assertThat(story.appends).containsExactly(2, 1, 1, 3);
    assertThat(story.kinds())
        .containsExactly(
            "Started",
            "PENDING>RUNNING",
            "COMPLETED /do/0/a",
            "COMPLETED /do/1/b",
            "COMPLETED /do/2/c",
            "RUNNING>COMPLETED",
            "Completed");
  }

  @Test
  void shouldKnowALateOrRepeatedOutcome() {
    Story story = Story.of(THREE_CALLS).submit("{}");
    var first = new Command.RecordOutcome(1, 1, new Outcome.Completed(json("{}")), 0.5, story.now);
    story.ask(first).ask(first);
    assertThat(story.last).isInstanceOf(Decision.AlreadyDone.class);
    story.complete("{}").complete("{}").ask(first);
    assertThat(story.last).isInstanceOf(Decision.AlreadyDone.class);
    assertThat(story.history).hasSize(7);
  }

  @Test
  void shouldRefuseAnOutcomeOfACallThatWasNeverMade() {
    Story story = Story.of(THREE_CALLS).submit("{}");
    story.ask(new Command.RecordOutcome(2, 1, new Outcome.Completed(json("1")), 0.5, story.now));
    assertThat(story.last)
        .isEqualTo(
            new Decision.Refused(Decision.Reason.STEP_UNKNOWN, "Call 2, attempt 1 was never made"));
    story.ask(new Command.RecordOutcome(1, 2, new Outcome.Completed(json("1")), 0.5, story.now));
    assertThat(story.last).isInstanceOf(Decision.Refused.class);
  }

  @Test
  void shouldHoldACallAndThenMakeTheSameAttempt() {
    Story story = Story.of(THREE_CALLS).submit("{}");
    PendingCall call = story.call();
    WorkflowError why = WorkflowError.of(WorkflowError.Kind.CONFIGURATION, "no runner", null);
    story.ask(new Command.Hold(1, 1, why, story.now.plusSeconds(30), story.now));
    assertThat(story.state).isInstanceOf(Workflow.Waiting.class);
    story.due();
    assertThat(story.call()).isEqualTo(call);
    assertThat(story.kinds())
        .containsExactly("Started", "PENDING>RUNNING", "RUNNING>WAITING", "WAITING>RUNNING");
  }

  @Test
  void shouldFailWhereverTheRunIs() {
    WorkflowError error = WorkflowError.of(WorkflowError.Kind.RUNTIME, "refused", null);
    Story running = Story.of(THREE_CALLS).submit("{}");
    assertThat(running.ask(new Command.Fail(error, running.now)).error().instance())
        .isEqualTo("/do/0/a");
    Story waiting = Story.of(THREE_CALLS).submit("{}").fail(503, THREE_RETRIES);
    waiting.ask(new Command.Fail(error, waiting.now));
    assertThat(waiting.kinds()).endsWith("WAITING>RUNNING", "RUNNING>FAILED", "Failed");
  }

  @Test
  void shouldReplayToTheSameStateWhateverHalvesOfCharactersThereAre() {
    String tasks =
        """
        do:
          - a: {call: f, with: {half: '${ [55357] | implode }', cut: '${ "\\ud83dx" }'}}
          - b: {set: {seen: '${ . }', halves: '${ {("\\udc00"): 1} }'}}
          - c: {raise: {error: {type: 'https://e.org/x', status: 500, detail: '${ "\\ud83d" }'}}}
        """;
    Story story = Story.of(tasks).submit("{\"text\":\"\\ud83d\\ude00\",\"\\udc00\":\"\\udc00\"}");
    assertThat(((Event.Started) story.history.getFirst()).run().input())
        .isEqualTo(json("{\"text\":\"😀\",\"\ufffd\":\"\ufffd\"}"));
    assertThat(story.call().arguments())
        .isEqualTo(json("{\"half\":\"\ufffd\",\"cut\":\"\ufffdx\"}"));
    story.complete("{\"out\":\"\\ud83d\"}");
    assertThat(((Event.StepCompleted) story.history.get(2)).output())
        .isEqualTo(json("{\"out\":\"\ufffd\"}"));
    assertThat(story.error().detail()).isEqualTo("\ufffd");
  }

  @Test
  void shouldIgnoreADueTimeThatIsNotTheOneItWaitsFor() {
    Story story = Story.of(THREE_CALLS).submit("{}").fail(503, THREE_RETRIES);
    story.ask(new Command.RetryDue(story.now, 0.5, story.now));
    assertThat(story.last).isInstanceOf(Decision.AlreadyDone.class);
    assertThat(story.state).isInstanceOf(Workflow.Waiting.class);
  }

  @Test
  void shouldCancelWhileRunningAndWhileWaiting() {
    Story running =
        Story.of(THREE_CALLS).submit("{}").ask(new Command.Cancel("enough", Story.NOON));
    assertThat(running.kinds()).endsWith("RUNNING>CANCELLED", "Cancelled");
    Story waiting =
        Story.of(THREE_CALLS)
            .submit("{}")
            .fail(503, THREE_RETRIES)
            .ask(new Command.Cancel("", Story.NOON));
    assertThat(waiting.kinds()).endsWith("WAITING>CANCELLED", "Cancelled");
    waiting.ask(new Command.RecordOutcome(1, 1, new Outcome.Completed(json("1")), 0, Story.NOON));
    assertThat(waiting.last).isInstanceOf(Decision.AlreadyDone.class);
    waiting.ask(new Command.Cancel("again", Story.NOON));
    assertThat(waiting.last).isInstanceOf(Decision.AlreadyDone.class);
  }

  @Test
  void shouldRefuseToCancelWhatHasEnded() {
    Story story =
        Story.of("do: [{a: {set: {x: 1}}}]").submit("{}").ask(new Command.Cancel("", Story.NOON));
    assertThat(story.last)
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Decision.Reason.WORKFLOW_FINISHED));
  }

  @Test
  void shouldTellARepeatedSubmissionFromAnotherOne() {
    Story story = Story.of(THREE_CALLS).submit("{\"p\":1}").submit("{\"p\":1}");
    assertThat(story.last).isInstanceOf(Decision.AlreadyDone.class);
    assertThat(story.submit("{\"p\":2}").last).isInstanceOf(Decision.Refused.class);
    story.complete("{}").complete("{}").complete("{}").submit("{\"p\":1}");
    assertThat(story.last).isInstanceOf(Decision.AlreadyDone.class);
  }

  @Test
  void shouldNameEveryVisitOfATaskDifferently() {
    Story story =
        Story.of(
                """
                do:
                  - again: {call: one}
                  - loop: {for: {in: '[1,2]'}, do: [{b: {call: two}}]}
                  - back: {switch: [{more: {when: '.stop | not', then: again}}]}
                """)
            .submit("{}");
    java.util.List<String> steps = new java.util.ArrayList<>();
    for (int i = 0; i < 6; i++) {
      steps.add(story.call().step());
      story.complete(i == 5 ? "{\"stop\":true}" : "{}");
    }
    assertThat(story.state).isInstanceOf(Workflow.Completed.class);
    assertThat(steps)
        .containsExactly(
            "/do/0/again",
            "/do/1/loop[0]/do/0/b",
            "/do/1/loop[1]/do/0/b",
            "/do~1/0/again",
            "/do~1/1/loop[0]/do/0/b",
            "/do~1/1/loop[1]/do/0/b");
  }

  @Test
  void shouldRecordTheItemsOfALoopOnlyOnce() {
    String items =
        "["
            + "{\"ref\":\"0123456789012345678901234567890123456789\"},".repeat(499)
            + "{\"ref\":\"last\"}]";
    Story story =
        Story.of(
                """
                do:
                  - l: {for: {each: f, in: .files}, do: [{s: {call: stamp, with: {r: '${ $f.ref }'}}}, {a: {call: analyze, with: {h: '${ .h }'}}}]}
                """)
            .submit("{\"files\":" + items + "}");
    int first = story.longest();
    for (int i = 0; i < 20; i++) {
      story.complete("{\"h\":\"%d\"}".formatted(i));
    }
    assertThat(story.history.subList(2, story.history.size()))
        .allSatisfy(event ->
            assertThat(WorkflowEventCodec.payload(event).toString().length()).isLessThan(1200));
    assertThat(first).isLessThan(3 * items.length());
  }

  @Test
  void shouldFailARunWhoseHistoryGrowsTooLong() {
    Limits limits = new Limits(100, 5, 20, 1000, 5000, 9000);
    Story story = Story.of("do: [{a: {call: one, then: a}}]", limits).submit("{}");
    while (story.state instanceof Workflow.Running) {
      story.complete("{}");
    }
    assertThat(story.error().detail()).contains("history");
    assertThat(story.history.size()).isLessThanOrEqualTo(20);
  }

  @Test
  void shouldFailAStepWhoseResultIsTooLarge() {
    Limits limits = new Limits(100, 5, 100, 1000, 5000, 9000);
    Story story = Story.of("do: [{a: {call: one}}]", limits).submit("{}");
    story.complete("\"" + "x".repeat(2000) + "\"");
    assertThat(story.error().detail()).contains("larger than");
  }

  @Test
  void shouldRefuseASubmissionThatDoesNotFitAnEvent() {
    Limits limits = new Limits(100, 5, 100, 4000, 2000, 9000);
    Story story =
        Story.of("do: [{a: {call: one}}]", limits).submit("{\"x\":\"" + "x".repeat(2000) + "\"}");
    assertThat(story.last)
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Decision.Reason.INPUT_TOO_LARGE));
  }

  @Test
  void shouldPassOnTheTimeoutOfATask() {
    Story story = Story.of("do: [{a: {call: one, timeout: {after: PT5S}}}]").submit("{}");
    assertThat(story.call().timeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void shouldApplyTheOutputRuleOfACallToItsResultAndItsInput() {
    Story story =
        Story.of(
                "do: [{a: {input: {from: .k}, call: one, with: {v: '${ . }'}, output: {as: '{r: .x, i: $input}'}, export: {as: '{e: .r}'}}}, {b: {set: {all: '${ [., $context] }'}}}]")
            .submit("{\"k\":3}");
    assertThat(story.call().arguments()).isEqualTo(json("{\"v\":3}"));
    story.complete("{\"x\":4}");
    assertThat(story.output()).isEqualTo(json("{\"all\":[{\"r\":4,\"i\":3},{\"e\":4}]}"));
  }
}
