// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static dev.omnibridge.orchestrator.workflow.Story.ESSENTIAL;
import static dev.omnibridge.orchestrator.workflow.Story.json;
import static dev.omnibridge.orchestrator.workflow.WorkflowRulesTest.THREE_CALLS;
import static dev.omnibridge.orchestrator.workflow.WorkflowRulesTest.THREE_RETRIES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the failures of calls lead to: retries, fallbacks, and what a try makes of them. */
class FailedCallsTest {
  private static final CallPolicy OPTIONAL =
      new CallPolicy(
          TaskKind.OPTIONAL, RetryPolicy.doubling(1, Duration.ofSeconds(1)), json("{\"score\":0}"));

  @Test
  void shouldRetryAsTheRunnerDeclaresAndThenFail() {
    Story story = Story.of(THREE_CALLS).submit("{}");
    String key = story.call().idempotencyKey(Story.run("{}").id());
    for (int retry = 1; retry <= 3; retry++) {
      story.fail(503, THREE_RETRIES);
      assertThat(story.state).isInstanceOf(Workflow.Waiting.class);
      Duration wait = Duration.between(story.now, ((Workflow.Waiting) story.state).due());
      assertThat(wait).isEqualTo(Duration.ofSeconds(1L << retry));
      story.due();
      assertThat(story.call().attempt()).isEqualTo(retry + 1);
      assertThat(story.call().idempotencyKey(Story.run("{}").id())).isEqualTo(key);
    }
    story.fail(503, THREE_RETRIES);
    assertThat(story.error().status()).isEqualTo(503);
    assertThat(story.error().instance()).isEqualTo("/do/0/a");
    assertThat(story.kinds())
        .startsWith(
            "Started", "PENDING>RUNNING", "attempt 1 /do/0/a", "RUNNING>WAITING", "WAITING>RUNNING")
        .endsWith("WAITING>RUNNING", "RUNNING>FAILED", "Failed");
  }

  @Test
  void shouldNotRetryWhatTheRunnerSaysCannotHelp() {
    Story story = Story.of(THREE_CALLS).submit("{}");
    WorkflowError error = WorkflowError.of(WorkflowError.Kind.VALIDATION, "bad hash", null);
    story.outcome(new Outcome.Failed(error, false, THREE_RETRIES));
    assertThat(story.error().detail()).isEqualTo("bad hash");
  }

  @Test
  void shouldCompleteAfterARetry() {
    Story story =
        Story.of(THREE_CALLS).submit("{}").fail(503, THREE_RETRIES).due().complete("{\"hash\":1}");
    assertThat(story.call().step()).isEqualTo("/do/1/b");
    var late = new Command.RecordOutcome(1, 1, new Outcome.Completed(json("9")), 0.5, story.now);
    assertThat(story.ask(late).last).isInstanceOf(Decision.AlreadyDone.class);
  }

  @Test
  void shouldGoOnWithAMarkedFallbackWhenAnOptionalCallIsAway() {
    Story story = Story.of(THREE_CALLS).submit("{}").complete("{}");
    story.fail(503, OPTIONAL).due().fail(503, OPTIONAL);
    assertThat(story.history.getLast())
        .isInstanceOfSatisfying(
            Event.StepCompleted.class,
            step -> {
              assertThat(step.status()).isEqualTo(Event.Status.DEGRADED);
              assertThat(step.output()).isEqualTo(json("{\"score\":0,\"degraded\":true}"));
              assertThat(step.error()).isNotNull();
            });
    story.complete("{}");
    assertThat(((Workflow.Completed) story.state).tally()).isEqualTo(new Tally(10, 3, 1));
  }

  @Test
  void shouldGoOnAtOnceWhenTheRunnerGivesAFallbackItself() {
    Story story = Story.of(THREE_CALLS).submit("{}");
    story.outcome(new Outcome.Degraded(json("7"), "breaker open"));
    assertThat(((Event.StepCompleted) story.history.getLast()).output())
        .isEqualTo(json("{\"value\":7,\"degraded\":true}"));
    assertThat(story.call().step()).isEqualTo("/do/1/b");
  }

  @Test
  void shouldRepeatATryFromItsBeginningAsTheWorkflowWants() {
    Story story =
        Story.of(
                """
                do:
                  - t:
                      try: [{a: {call: one}}, {b: {set: {n: '${ .n + 1 }'}}}, {c: {call: two, with: {n: '${ .n }'}}}]
                      catch:
                        errors: {with: {status: 503}}
                        retry: {delay: PT1S, backoff: {linear: {}}, limit: {attempt: {count: 2}}}
                        do: [{h: {set: {gave: '${ $error.status }'}}}]
                """)
            .submit("{}");
    String key = story.call().step();
    for (int round = 1; round <= 3; round++) {
      assertThat(story.call().function()).isEqualTo("one");
      assertThat(story.call().step()).isEqualTo(key);
      assertThat(story.call().ordinal()).isEqualTo(2L * round - 1);
      story.complete("{\"n\":4}");
      assertThat(story.call().arguments()).isEqualTo(json("{\"n\":5}"));
      story.fail(503, THREE_RETRIES);
      if (round < 3) {
        assertThat(((Workflow.Waiting) story.state).due()).isEqualTo(story.now.plusSeconds(round));
        story.due();
      }
    }
    assertThat(story.output()).isEqualTo(json("{\"gave\":503}"));
    assertThat(story.kinds().getLast()).isEqualTo("Completed");
    assertThat(story.kinds()).contains("CAUGHT /do/0/t/try/2/c");
  }

  @Test
  void shouldRetryAsTheRunnerDeclaresWhenATryHasNoPolicyOfItsOwn() {
    Story story =
        Story.of("do: [{t: {try: [{a: {call: one}}], catch: {do: [{h: {set: {ok: true}}}]}}}]")
            .submit("{}");
    story
        .fail(503, THREE_RETRIES)
        .due()
        .fail(503, THREE_RETRIES)
        .due()
        .fail(503, THREE_RETRIES)
        .due();
    story.fail(503, THREE_RETRIES);
    assertThat(story.output()).isEqualTo(json("{\"ok\":true}"));
  }

  @Test
  void shouldLetTheWorkflowCatchWhatIsOptional() {
    Story story =
        Story.of("do: [{t: {try: [{a: {call: one}}], catch: {do: [{h: {set: {ok: true}}}]}}}]")
            .submit("{}");
    story.fail(503, OPTIONAL).due().fail(503, OPTIONAL);
    assertThat(story.output()).isEqualTo(json("{\"ok\":true}"));
  }

  @Test
  void shouldStopRetryingWhenTheTimeIsUp() {
    Story story =
        Story.of(
                "do: [{t: {try: [{a: {call: one}}], catch: {retry: {delay: PT10S, limit: {duration: PT15S}}}}}, {z: {set: {gave: up}}}]")
            .submit("{}");
    story.fail(503, ESSENTIAL).due().fail(503, ESSENTIAL);
    assertThat(story.output()).isEqualTo(json("{\"gave\":\"up\"}"));
  }

  @Test
  void shouldWaitBeforeItRepeatsATryWithoutAnyCall() {
    Story story =
        Story.of(
                """
                do:
                  - t:
                      try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}]
                      catch: {retry: {delay: PT1S, jitter: {from: PT0S, to: PT2S}, limit: {attempt: {count: 2}}},
                              do: [{h: {set: {ok: 1}}}]}
                """)
            .submit("{}");
    assertThat(((Workflow.Waiting) story.state).due()).isEqualTo(story.now.plusSeconds(2));
    story.due().due();
    assertThat(story.output()).isEqualTo(json("{\"ok\":1}"));
    assertThat(story.kinds())
        .containsExactly(
            "Started",
            "PENDING>RUNNING",
            "RUNNING>WAITING",
            "WAITING>RUNNING",
            "RUNNING>WAITING",
            "WAITING>RUNNING",
            "RUNNING>COMPLETED",
            "Completed");
  }

  @Test
  void shouldRepeatAtOnceWithoutADelay() {
    Story story =
        Story.of(
                "do: [{t: {try: [{a: {call: one}}], catch: {retry: {limit: {attempt: {count: 1}}}}}}]")
            .submit("{}");
    story.fail(503, ESSENTIAL);
    assertThat(story.state).isInstanceOf(Workflow.Running.class);
    assertThat(story.call().ordinal()).isEqualTo(2);
    story.fail(503, ESSENTIAL);
    assertThat(story.state).isInstanceOf(Workflow.Completed.class);
  }
}
