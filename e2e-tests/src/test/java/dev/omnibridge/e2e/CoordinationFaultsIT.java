// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static dev.omnibridge.e2e.Way.FIVE_PROCESSES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.e2e.Pages.Breaker;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * A workflow asks services that are slow, fail or are gone.
 *
 * <pre>
 * orchestrator asks intelligence-service
 *   → slow or silent: goes on without it, marked degraded
 *   → fails 5 times in a row: the breaker opens, and workflows go on at once
 *   → is back: a probe finds out, and 3 successes close the breaker
 * orchestrator asks stamping-service
 *   → one of two is gone: the other answers
 *   → both are gone: the workflow waits for a while, and then fails; analysis goes on
 * </pre>
 *
 * Told of five processes only: in one process nothing stands between the services, and none of them
 * can be killed alone. Another orchestrator is in the place of the usual one meanwhile, so it comes
 * after those that hold times: the usual one has just begun then.
 */
@Story(criticalPath = true, only = FIVE_PROCESSES)
@Order(Story.ORDER + 1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CoordinationFaultsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DISCOVERY = "service_discovery_ms";
  private static final String WITHOUT = "coordination_without_intelligence_ms";
  private static final Duration SLOW = Duration.ofMillis(800);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int TIMES = 50;

  /** Half of what all five need: Java compiles what a process has called two hundred times. */
  private static final int WARM_UP = 200;

  /** How long it waits for an analysis is what users have, and not what other stories have. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "ORCHESTRATOR_INTELLIGENCE_TIMEOUT",
          "",
          "ORCHESTRATOR_INTELLIGENCE_PROBE_AFTER",
          "2s",
          "ORCHESTRATOR_STAMPING_PROBE_AFTER",
          "2s",
          "ORCHESTRATOR_STAMPING_RETRY_PAUSE",
          "400ms",
          // One that is stuck is waited for; one that is gone says so at once.
          "ORCHESTRATOR_STAMPING_TIMEOUT",
          "30s");

  private static Processes processes;
  private static ServiceProcess usualStamping;
  private static FaultProxy between;
  private static Stack stack;

  private final Way way;
  private final Runs runs = new Runs(stack, "faults-" + UUID.randomUUID());

  CoordinationFaultsIT(Way way) {
    this.way = way;
  }

  /**
   * Only the orchestrator, and one stamping-service, have just begun; the orchestrator warms up.
   */
  @BeforeParameterizedClassInvocation
  static void start(Way way) throws Exception {
    var deployment = Deployment.warm(way);
    processes = deployment.processes();
    stack = deployment.stack();
    usualStamping = processes.first(Peer.STAMPING);
    between = FaultProxy.to(processes.first(Peer.INTELLIGENCE).port());
    ServiceProcess another = processes.start(Peer.STAMPING);
    var environment = new HashMap<>(IMPATIENT);
    environment.put("INTELLIGENCE_ADDRESS", "127.0.0.1:" + between.port());
    takeOrchestrator(environment);
    another.awaitReady();
    var warm = new CoordinationFaultsIT(way);
    warm.runs.sideBySide(WARM_UP);
    warm.runs.awaitIntelligence();
  }

  /** Never two at once: they would share the workflows among themselves. */
  private static void takeOrchestrator(Map<String, String> environment) throws Exception {
    ServiceProcess before = processes.kill(Peer.ORCHESTRATOR);
    processes.awaitOrchestrators(processes.replace(before, environment), 1);
    FiveProcesses.awaitNothingMissing(stack);
  }

  /**
   * The tests have left one instance of everything else, where it was. Without the usual one, the
   * next story gets new processes.
   */
  @AfterParameterizedClassInvocation
  static void takeTheUsualOneAgain() throws Exception {
    try {
      Closing.all(() -> takeOrchestrator(Map.of()), between);
    } catch (Exception | AssertionError failure) {
      Closing.after(failure, SharedDeployments::close);
      throw failure;
    }
  }

  @AfterEach
  void shouldUseIntelligenceAgain() {
    between.calm();
    await()
        .atMost(LIMIT)
        .pollInterval(POLL)
        .until(() -> run(Submissions.analyzeOne()).getStepsDegraded() == 0);
    await()
        .atMost(LIMIT)
        .pollInterval(POLL)
        .until(() -> {
          var unused = run(Submissions.analyzeOne());
          return breaker(Peer.INTELLIGENCE).state() == Breaker.CLOSED;
        });
  }

  private Workflow run(String definition) {
    Workflow run = runs.run(definition, Runs.unseenFile());
    assertThat(run.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    return run;
  }

  private Workflow submit(String definition) {
    var request = Submissions.of(runs.namespace(), definition, Runs.unseenFile()).build();
    return stack.workflows().submitWorkflow(request).getWorkflow();
  }

  private void shouldBeMarkedAsDegraded(Workflow run) throws Exception {
    JsonNode output = JSON.readTree(run.getOutput());
    assertThat(run.getStepsDegraded()).isEqualTo(1);
    assertThat(output.path("degraded").booleanValue()).isTrue();
    assertThat(output.path("analysisType").textValue()).isEqualTo("fallback");
    assertThat(output.path("confidence").path("score").doubleValue()).isZero();
    RecordedEvent step =
        runs.journal(run).stream()
            .filter(event -> event.getType().endsWith("step-completed.v1"))
            .findFirst()
            .orElseThrow();
    assertThat(Journals.payload(step).path("status").textValue()).isEqualToIgnoringCase("degraded");
    assertThat(
            stack.count(
                "select workflow_steps_degraded from workflow_executions where run_id = ?::uuid",
                run.getRunId()))
        .isEqualTo(1);
  }

  /** The orchestrator's breaker around a service. */
  private static Breaker breaker(Peer service) {
    return Pages.of(stack, Peer.ORCHESTRATOR).breaker("orchestrator", service.service());
  }

  private boolean hasAsked(Workflow run) {
    return runs.journal(run).stream()
        .anyMatch(event -> event.getType().endsWith("step-attempt-failed.v1"));
  }

  /** Half a second and one more try is what a workflow waits for. */
  @Test
  @Order(1)
  void shouldGoOnDegradedWhenIntelligenceIsSlow() throws Exception {
    between.delay(SLOW);
    long began = System.nanoTime();
    Workflow run = run(Submissions.analyzeOne());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    shouldBeMarkedAsDegraded(run);
    assertThat(took).isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
    var state = runs.folded(run);
    assertThat(state.getStepsDegraded()).isEqualTo(1);
    assertThat(runs.bridgeState().getStepsDegraded()).isEqualTo(1);
  }

  @Test
  @Order(2)
  void shouldGoOnDegradedWhenIntelligenceIsSilent() throws Exception {
    between.swallow();
    long began = System.nanoTime();
    Workflow run = run(Submissions.analyzeOne());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    shouldBeMarkedAsDegraded(run);
    assertThat(took).isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
  }

  @Test
  @Order(3)
  void shouldOpenTheBreakerOnTheFifthFailureInARowAndThenGoOnAtOnce() throws Exception {
    long opened = breaker(Peer.INTELLIGENCE).opened();
    between.refuse();
    // Each workflow asks twice.
    for (int failures = 2; failures <= 4; failures += 2) {
      shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
      assertThat(breaker(Peer.INTELLIGENCE).state())
          .as("after %d failures", failures)
          .isEqualTo(Breaker.CLOSED);
    }
    shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
    assertThat(breaker(Peer.INTELLIGENCE).state()).isEqualTo(Breaker.OPEN);
    assertThat(breaker(Peer.INTELLIGENCE).opened()).isEqualTo(opened + 1);

    Thresholds figures = way.figures();
    int refused = 0;
    for (int ran = 0; refused < TIMES; ran++) {
      assertThat(ran).as("runs, of which %d did not ask", refused).isLessThan(3 * TIMES);
      var done = new AtomicReference<Workflow>();
      Duration took = Runs.timed(() -> done.set(run(Submissions.analyzeOne())));
      shouldBeMarkedAsDegraded(done.get());
      // Every two seconds one is let through, and finds out.
      if (!hasAsked(done.get())) {
        figures.record(WITHOUT, took);
        refused++;
      }
    }
    figures.shouldBeKept(WITHOUT);
  }

  @Test
  @Order(4)
  void shouldProbeAfterAWhileAndCloseTheBreakerOnlyAfterThreeSuccesses() throws Exception {
    between.refuse();
    for (int i = 0; i < 3; i++) {
      shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
    }
    assertThat(breaker(Peer.INTELLIGENCE).state()).isEqualTo(Breaker.OPEN);
    long opened = breaker(Peer.INTELLIGENCE).opened();
    await()
        .atMost(LIMIT)
        .pollInterval(POLL)
        .until(() -> {
          shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
          return breaker(Peer.INTELLIGENCE).opened() > opened;
        });
    assertThat(breaker(Peer.INTELLIGENCE).state())
        .as("a probe that failed")
        .isEqualTo(Breaker.OPEN);

    between.pass();
    await()
        .atMost(LIMIT)
        .pollInterval(POLL)
        .until(() -> run(Submissions.analyzeOne()).getStepsDegraded() == 0);
    assertThat(breaker(Peer.INTELLIGENCE).state()).as("1 success").isEqualTo(Breaker.HALF_OPEN);
    assertThat(run(Submissions.analyzeOne()).getStepsDegraded()).isZero();
    assertThat(breaker(Peer.INTELLIGENCE).state()).as("2 successes").isEqualTo(Breaker.HALF_OPEN);
    assertThat(run(Submissions.analyzeOne()).getStepsDegraded()).isZero();
    assertThat(breaker(Peer.INTELLIGENCE).state()).as("3 successes").isEqualTo(Breaker.CLOSED);
  }

  @Test
  @Order(5)
  void shouldGoOnWithoutIntelligenceThatWasKilledAndUseItAgainWhenItIsBack() throws Exception {
    ServiceProcess gone = processes.kill(Peer.INTELLIGENCE);
    shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
    assertThat(run(Submissions.stampOne()).getStepsDegraded()).isZero();
    var unused = processes.replace(gone, Map.of());
    // That it is used again is what is awaited after each of these tests.
  }

  @Test
  @Order(6)
  void shouldFindTheOtherInstanceWhenOneIsGone() throws Exception {
    assertThat(Processes.instances(stack, Peer.STAMPING)).hasSize(2);
    ServiceProcess gone = processes.kill(Peer.STAMPING);
    assertThat(gone).isSameAs(usualStamping);
    for (int i = 0; i < TIMES; i++) {
      var unused = run(Submissions.stampOne());
    }
    Thresholds figures = way.figures();
    for (int i = 0; i < TIMES; i++) {
      figures.record(
          DISCOVERY,
          Runs.timed(() -> assertThat(Processes.instances(stack, Peer.STAMPING)).isNotEmpty()));
    }
    figures.shouldBeKept(DISCOVERY);
    await()
        .atMost(LIMIT.multipliedBy(2))
        .until(() -> Processes.instances(stack, Peer.STAMPING).size() == 1);
  }

  /** From here on stamping has one instance. */
  @Test
  @Order(7)
  void shouldWaitForStampingThatIsStuckWhileAnalysisGoesOn() throws Exception {
    ServiceProcess stamping = processes.first(Peer.STAMPING);
    stamping.pause();
    Workflow waiting = submit(Submissions.stampOne());
    for (int i = 0; i < 5; i++) {
      assertThat(run(Submissions.analyzeOne()).getStepsDegraded()).isZero();
    }
    assertThat(now(waiting).getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_RUNNING);
    stamping.wake();

    Workflow done = Submissions.await(stack, waiting);
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    Journals.shouldBeWhole(runs.journal(done));
    assertThat(
            stack.count(
                "select count(*) from metadata_stamps where namespace = ?", runs.namespace()))
        .isEqualTo(1);
  }

  private Workflow now(Workflow run) {
    var key = WorkflowKey.newBuilder().setNamespace(runs.namespace()).setId(run.getRunId());
    return stack
        .workflows()
        .getWorkflow(GetWorkflowRequest.newBuilder().setKey(key).build())
        .getWorkflow();
  }

  @Test
  @Order(8)
  void shouldFailWithoutStampingWhenRetriesAreUsedUpAndOpenItsBreakerAlone() throws Exception {
    var unusedGone = processes.kill(Peer.STAMPING);
    shouldFailForWantOfStamping();
    assertThat(breaker(Peer.STAMPING).state()).as("4 failures").isEqualTo(Breaker.CLOSED);
    shouldFailForWantOfStamping();
    assertThat(breaker(Peer.STAMPING).state()).as("the fifth").isEqualTo(Breaker.OPEN);
    assertThat(breaker(Peer.INTELLIGENCE).state()).isEqualTo(Breaker.CLOSED);
    assertThat(run(Submissions.analyzeOne()).getStepsDegraded()).isZero();

    // Where the usual one was, which those who come afterwards ask.
    var unused = processes.replace(usualStamping, Map.of());
    await()
        .atMost(LIMIT)
        .pollInterval(POLL)
        .until(() ->
            runs.run(Submissions.stampOne(), Runs.unseenFile()).getState()
                == WorkflowState.WORKFLOW_STATE_COMPLETED);
  }

  private void shouldFailForWantOfStamping() {
    Workflow failed = runs.run(Submissions.stampOne(), Runs.unseenFile());
    assertThat(failed.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_FAILED);
    assertThat(failed.getError().getStatus()).isEqualTo(503);
    Journals.shouldBeWholeAndEndWith("failed.v1", runs.journal(failed));
  }
}
