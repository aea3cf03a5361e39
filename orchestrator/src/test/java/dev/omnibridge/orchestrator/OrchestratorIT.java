// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import static dev.omnibridge.orchestrator.RunningOrchestrator.HEAD;
import static dev.omnibridge.orchestrator.RunningOrchestrator.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.workflow.v1.CancelWorkflowRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The orchestrator over gRPC, on the real log. */
class OrchestratorIT {
  private static final Map<String, String> FAST =
      Map.of(
          "ORCHESTRATOR_STAMPING_RETRY_PAUSE",
          "20ms",
          "ORCHESTRATOR_INTELLIGENCE_RETRY_PAUSE",
          "20ms");
  private static final String THREE =
      "do: [{a: {call: stamp, with: {content: '${ .text }', path: a.txt}}}, {b: {call: analyze, with: {content: x}}}, {c: {call: stamp, with: {content: '${ .language }'}}}]";

  /** Runs that a process leaves behind: more than another one loads at a time. */
  private static final int LEFT = 100;

  private static final RunningOrchestrator SUITE =
      RunningOrchestrator.start(TestPostgres.freshDatabase(), FAST);

  @AfterAll
  static void stop() {
    SUITE.close();
  }

  @Test
  void shouldRunAWorkflowAndTellEveryEventInThePinnedOrder() {
    SubmitWorkflowResponse submitted = SUITE.submit("three", THREE, "{\"text\":\"hello\"}");
    assertThat(submitted.getExisted()).isFalse();
    Workflow done = SUITE.await("three");
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    assertThat(done.getOutput()).contains("\"revision\":1");
    assertThat(done.getStepsExecuted()).isEqualTo(3);
    assertThat(SUITE.types("three"))
        .containsExactly(
            "started.v1",
            "state-transition.v1",
            "step-completed.v1",
            "step-completed.v1",
            "step-completed.v1",
            "state-transition.v1",
            "completed.v1");
    assertThat(SUITE.watch("three", 0))
        .extracting(e -> e.getEvent().getVersion())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(SUITE.watch("three", 5)).hasSize(2);
    assertThat(SUITE.watch("three", 7)).isEmpty();
    assertThat(SUITE.get("three")).isEqualTo(done);
    assertThat(SUITE.get(done.getRunId())).isEqualTo(done);
  }

  @Test
  void shouldAnswerARepeatedSubmissionWithTheSameRun() {
    SubmitWorkflowRequest request =
        SubmitWorkflowRequest.newBuilder()
            .setRequestId("request-1")
            .setDefinition(HEAD + THREE)
            .setInput("{\"text\":\"a\", \"n\": 1}")
            .build();
    SubmitWorkflowResponse first = SUITE.client().submitWorkflow(request);
    SubmitWorkflowResponse second =
        SUITE
            .client()
            .submitWorkflow(request.toBuilder().setInput("{\"n\":1,\"text\":\"a\"}").build());
    assertThat(second.getExisted()).isTrue();
    assertThat(second.getWorkflow().getRunId()).isEqualTo(first.getWorkflow().getRunId());
    // Or it would meet the failures that another test has in store for its own.
    SUITE.await(first.getWorkflow().getRunId());
    Fault other =
        fault(() -> SUITE.client().submitWorkflow(request.toBuilder().setInput("{}").build()));
    assertThat(other.kind()).isEqualTo(Fault.Kind.EXISTS);
    assertThat(other.reason()).isEqualTo("REQUEST_ID_REUSED");
    assertThat(other.facts()).containsEntry("difference", "input");
  }

  @Test
  void shouldStartOneRunWhenManySubmitTheSameAtOnce() {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<SubmitWorkflowResponse>> answers =
          IntStream.range(0, 20)
              .mapToObj(_ ->
                  CompletableFuture.supplyAsync(
                      () -> SUITE.submit("same", THREE, "{\"text\":\"x\"}"), clients))
              .toList();
      Set<String> runs =
          answers.stream()
              .map(CompletableFuture::join)
              .map(answer -> answer.getWorkflow().getRunId())
              .collect(Collectors.toSet());
      assertThat(runs).hasSize(1);
      assertThat(answers.stream().filter(answer -> !answer.join().getExisted())).hasSize(1);
    }
    SUITE.await("same");
    Fault other = fault(() -> SUITE.submit("same", THREE, "{\"text\":\"y\"}"));
    assertThat(other.reason()).isEqualTo("WORKFLOW_EXISTS");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "do: [{a: {set: 5}}] => {} => INVALID => DEFINITION_INVALID",
        "do: [{a: [} => {} => INVALID => DEFINITION_INVALID",
        "do: [{a: {wait: PT1S}}] => {} => INVALID => DEFINITION_INVALID",
        "do: [{a: {set: {x: '${ .a[ }'}}}] => {} => INVALID => DEFINITION_INVALID",
        "do: [{a: {call: nobody}}] => {} => INVALID => RUNNER_UNKNOWN",
        "do: [{a: {set: {x: 1}}}] => {\"a\": => INVALID => INPUT_MALFORMED",
        "do: [{a: {set: {x: 1}}}] => {\"a\":1,\"a\":2} => INVALID => INPUT_MALFORMED",
      })
  void shouldRefuseBadInputAndLeaveNothingBehind(
      String tasks, String input, Fault.Kind kind, String reason) {
    Fault refused = fault(() -> SUITE.submit("bad", tasks, input));
    assertThat(refused.kind()).isEqualTo(kind);
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.violations()).isNotEmpty();
    assertThat(fault(() -> SUITE.get("bad")).reason()).isEqualTo("WORKFLOW_NOT_FOUND");
  }

  /** NUL is kept as it is; half of a character becomes U+FFFD, live as in what is stored. */
  @Test
  void shouldKeepOddCharactersTheSameLiveAndStored() {
    SubmitWorkflowRequest request =
        SubmitWorkflowRequest.newBuilder()
            .setWorkflowId("odd")
            .setDefinition(
                HEAD
                    + "do: [{b: {call: analyze, with: {content: '${ .text }'}}}, {s: {set: {x: '${ $workflow.input.text + \"\\ud83d\" }'}}}]")
            .setInput("{\"text\":\"a\\u0000b\\ud83d\"}")
            .putLabels("k\0", "v\0")
            .build();
    Workflow submitted = SUITE.client().submitWorkflow(request).getWorkflow();
    Workflow done = SUITE.await("odd");
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    assertThat(done.getOutput()).isEqualTo("{\"x\":\"a\\u0000b\ufffd\ufffd\"}");
    assertThat(done.getLabelsMap()).containsEntry("k\0", "v\0");
    assertThat(SUITE.get("odd")).isEqualTo(done);
    assertThat(SUITE.watch("odd", 0).getLast().getEvent().getBody().toStringUtf8())
        .contains("\"output\":" + done.getOutput());
    assertThat(SUITE.client().submitWorkflow(request).getWorkflow().getRunId())
        .isEqualTo(submitted.getRunId());
    Fault refused =
        fault(() ->
            SUITE
                .client()
                .submitWorkflow(
                    request.toBuilder().setWorkflowId("odd-2").setRequestId("r\0").build()));
    assertThat(refused.kind()).isEqualTo(Fault.Kind.INVALID);
    assertThat(refused.reason()).isEqualTo("TEXT_WITH_NUL");
    assertThat(refused.facts()).containsEntry("field", "request id");
  }

  @Test
  void shouldFailWithTheErrorThatWasRaisedHoweverOddItIs() {
    SUITE.submit(
        "raised",
        "do: [{b: {call: analyze, with: {content: x}}}, {r: {raise: {error: {type: 'https://e.org/x', status: 500, title: '${ \"\\u0000\" }', detail: '${ \"a\\u0000b\\ud83d\" }'}}}}]",
        "{}");
    Workflow failed = SUITE.await("raised");
    assertThat(failed.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_FAILED);
    assertThat(failed.getError().getDetail()).isEqualTo("a\0b\ufffd");
    assertThat(SUITE.get("raised").getError()).isEqualTo(failed.getError());
  }

  @Test
  void shouldRefuseInputThatIsTooLargeOrTooDeep() {
    String large = "{\"x\":\"" + "x".repeat(300_000) + "\"}";
    assertThat(fault(() -> SUITE.submit("large", THREE, large)).kind())
        .isEqualTo(Fault.Kind.INVALID);
    String deep = "[".repeat(200) + "]".repeat(200);
    assertThat(fault(() -> SUITE.submit("deep", THREE, deep)).reason())
        .isEqualTo("INPUT_MALFORMED");
    String fits = "{\"text\":\"" + "x".repeat(230_000) + "\"}";
    String twice =
        "do: [{a: {call: stamp, with: {content: '${ .text }', metadata: {x: '${ .text }'}}}}]";
    SUITE.submit("twice", twice, fits);
    Workflow failed = SUITE.await("twice");
    assertThat(failed.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_FAILED);
    assertThat(failed.getError().getDetail()).contains("larger than");
  }

  @Test
  void shouldGoOnWithAFallbackWhenIntelligenceIsAway() {
    SUITE.services.analyzeFailures.set(2);
    SUITE.submit("degraded", "do: [{b: {call: analyze, with: {content: x}}}]", "{}");
    Workflow done = SUITE.await("degraded");
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    assertThat(done.getOutput()).contains("\"degraded\":true", "fallback", "MINIMAL");
    assertThat(done.getStepsDegraded()).isEqualTo(1);
  }

  @Test
  void shouldFailAfterItsRetriesWhenStampingRefuses() {
    SUITE.submit("refused", "do: [{v: {call: verify, with: {hash: abc}}}]", "{}");
    Workflow done = SUITE.await("refused");
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_FAILED);
    assertThat(done.getError().getStatus()).isEqualTo(404);
    assertThat(done.getError().getInstance()).isEqualTo("/do/0/v");
    assertThat(SUITE.get("refused").getError()).isEqualTo(done.getError());
  }

  @Test
  void shouldTryAgainWhenStampingIsAwayForAMoment() {
    SUITE.services.stampFailures.set(2);
    SUITE.submit("retried", "do: [{a: {call: stamp, with: {content: r}}}]", "{}");
    assertThat(SUITE.await("retried").getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    assertThat(SUITE.types("retried")).contains("step-attempt-failed.v1");
  }

  @Test
  void shouldWaitNoLongerThanWanted() {
    try (RunningOrchestrator suite =
        RunningOrchestrator.start(TestPostgres.freshDatabase(), FAST)) {
      suite.services.holdStamps = true;
      suite.submit("slow", "do: [{a: {call: stamp, with: {content: s}}}]", "{}");
      var answer =
          suite
              .client()
              .waitWorkflow(
                  WaitWorkflowRequest.newBuilder()
                      .setKey(key("slow"))
                      .setMaxWait(com.google.protobuf.Duration.newBuilder().setNanos(50_000_000))
                      .build());
      assertThat(answer.getFinished()).isFalse();
      assertThat(answer.getWorkflow().getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_RUNNING);
      cancelWhileACallIsOnItsWay(suite);
    }
  }

  private static void cancelWhileACallIsOnItsWay(RunningOrchestrator suite) {
    CancelWorkflowRequest cancel =
        CancelWorkflowRequest.newBuilder().setKey(key("slow")).setReason("enough").build();
    Workflow cancelled = suite.client().cancelWorkflow(cancel).getWorkflow();
    assertThat(cancelled.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_CANCELLED);
    suite.services.stampReleased.countDown();
    assertThat(suite.client().cancelWorkflow(cancel).getWorkflow()).isEqualTo(cancelled);
    assertThat(suite.types("slow"))
        .containsExactly(
            "started.v1", "state-transition.v1", "state-transition.v1", "cancelled.v1");
  }

  @Test
  void shouldRefuseToCancelWhatHasEnded() {
    SUITE.submit("ended", "do: [{a: {set: {x: 1}}}]", "{}");
    SUITE.await("ended");
    Fault refused =
        fault(() ->
            SUITE
                .client()
                .cancelWorkflow(CancelWorkflowRequest.newBuilder().setKey(key("ended")).build()));
    assertThat(refused.kind()).isEqualTo(Fault.Kind.REFUSED);
    assertThat(refused.reason()).isEqualTo("WORKFLOW_FINISHED");
  }

  @Test
  void shouldListByStateWithPages() {
    IntStream.range(0, 5)
        .forEach(i -> SUITE.submit("listed-" + i, "do: [{a: {set: {x: 1}}}]", "{}"));
    IntStream.range(0, 5).forEach(i -> SUITE.await("listed-" + i));
    ListWorkflowsRequest request =
        ListWorkflowsRequest.newBuilder()
            .setPageSize(2)
            .addStates(WorkflowState.WORKFLOW_STATE_COMPLETED)
            .setWorkflowType("tests/sample")
            .build();
    var page = SUITE.client().listWorkflows(request);
    assertThat(page.getWorkflowsList()).hasSize(2);
    var next =
        SUITE
            .client()
            .listWorkflows(request.toBuilder().setPageToken(page.getNextPageToken()).build());
    assertThat(next.getWorkflowsList())
        .hasSize(2)
        .doesNotContainAnyElementsOf(page.getWorkflowsList());
    Fault bad =
        fault(() ->
            SUITE.client().listWorkflows(request.toBuilder().setPageToken("nonsense").build()));
    assertThat(bad.kind()).isEqualTo(Fault.Kind.INVALID);
  }

  @Test
  void shouldSendAWatcherNoMoreThanItAsksFor() throws Exception {
    SUITE.submit(
        "loop",
        "do: [{l: {for: {in: '[range(60)]'}, do: [{a: {call: analyze, with: {content: x}}}]}}]",
        "{}");
    SUITE.await("loop");
    var watcher = new SlowWatcher();
    WorkflowServiceGrpc.newStub(SUITE.channel())
        .watchWorkflow(WatchWorkflowRequest.newBuilder().setKey(key("loop")).build(), watcher);
    watcher.ask(3);
    assertThat(watcher.done.isDone()).isFalse();
    watcher.ask(1000);
    assertThat(watcher.done.get(30, TimeUnit.SECONDS)).hasSize(64);
  }

  @Test
  void shouldFinishWhatAnotherProcessLeftAndRecordNothingTwice() throws Exception {
    TestPostgres.Database database = TestPostgres.freshDatabase();
    try (RunningOrchestrator killed = RunningOrchestrator.start(database, FAST)) {
      killed.services.holdStamps = true;
      IntStream.range(0, LEFT)
          .forEach(i -> killed.submit("w" + i, THREE, "{\"text\":\"t%d\"}".formatted(i)));
      assertThat(killed.services.stampCalled.await(30, TimeUnit.SECONDS)).isTrue();
      killed.abandon();
      try (RunningOrchestrator successor = RunningOrchestrator.start(database, FAST)) {
        killed.services.stampReleased.countDown();
        for (int i = 0; i < LEFT; i++) {
          assertThat(successor.await("w" + i).getState())
              .isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
          assertThat(successor.types("w" + i))
              .hasSize(7)
              .startsWith("started.v1")
              .endsWith("completed.v1");
        }
        assertThat(successor.services.operations).hasSize(2 * LEFT);
      }
    }
  }

  @Test
  void shouldRefuseMoreThanItCanHold() {
    Map<String, String> small =
        Map.of("ORCHESTRATOR_MAX_ACTIVE", "3", "ORCHESTRATOR_STAMPING_RETRY_PAUSE", "20ms");
    try (RunningOrchestrator suite =
        RunningOrchestrator.start(TestPostgres.freshDatabase(), small)) {
      suite.services.holdStamps = true;
      String one = "do: [{a: {call: stamp, with: {content: s}}}]";
      IntStream.range(0, 3).forEach(i -> suite.submit("w" + i, one, "{}"));
      Fault refused = fault(() -> suite.submit("w3", one, "{}"));
      assertThat(refused.kind()).isEqualTo(Fault.Kind.EXHAUSTED);
      suite.services.stampReleased.countDown();
      suite.await("w0");
      suite.await("w1");
      suite.submit("w3", one, "{}");
      assertThat(suite.await("w3").getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    }
  }

  private static Fault fault(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return Statuses.faultOf(Objects.requireNonNull(catchThrowable(call)));
  }
}
