// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A workflow that asks intelligence goes on with intelligence there, slow, failing and gone. The
 * limits are those of the suite's fourth seed: 150 ms with intelligence, 50 ms without, discovery
 * 10 ms.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IntelligenceCoordinationIT {
  private static final String NAMESPACE = "coordination";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SLOW = Duration.ofMillis(800);
  private static final int WARM_UP = 60;
  private static final int TIMES = 50;

  private static final Thresholds thresholds = new Thresholds();
  private static Processes processes;
  private static ServiceProcess intelligence;
  private static FaultProxy between;
  private static Stack stack;
  private static int number;

  @BeforeAll
  static void start() throws Exception {
    processes = new Processes("coordination", Map.of());
    intelligence = processes.start(Peer.INTELLIGENCE);
    between = FaultProxy.to(intelligence.port());
    var more =
        Map.of(
            "INTELLIGENCE_ADDRESS",
            "127.0.0.1:" + between.port(),
            "ORCHESTRATOR_INTELLIGENCE_PROBE_AFTER",
            "2s");
    for (Peer peer : List.of(Peer.DB_ADAPTER, Peer.STAMPING)) {
      processes.start(peer);
    }
    var orchestrator = processes.start(Peer.ORCHESTRATOR, more);
    processes.all().forEach(ServiceProcess::awaitReady);
    processes.awaitOrchestrators(orchestrator, 1);
    stack = processes.asking(orchestrator);
    for (int i = 0; i < WARM_UP; i++) {
      run(Submissions.analyzeOne());
      run(Submissions.stampOne());
    }
  }

  @AfterAll
  static void stop() throws Exception {
    System.out.print(thresholds.table());
    between.close();
    processes.close();
  }

  /** A file that nobody has seen before, so that nothing is answered from a cache. */
  private static Workflow run(String definition) {
    number++;
    var input =
        Map.of(
            "text", "class N" + number + " { int f() { return " + number + "; } }\n",
            "path", "N" + number + ".java");
    var submitted =
        stack.workflows().submitWorkflow(Submissions.of(NAMESPACE, definition, input).build());
    Workflow done = Submissions.await(stack, submitted.getWorkflow());
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    return done;
  }

  private static JsonNode output(Workflow done) throws Exception {
    return JSON.readTree(done.getOutput());
  }

  private static JsonNode step(Workflow done) {
    RecordedEvent event =
        stack.journal(NAMESPACE, done.getRunId()).stream()
            .filter(one -> one.getType().endsWith("step-completed.v1"))
            .findFirst()
            .orElseThrow();
    return Journals.payload(event);
  }

  private static void shouldBeMarkedAsDegraded(Workflow done) throws Exception {
    assertThat(done.getStepsDegraded()).isEqualTo(1);
    assertThat(output(done).path("degraded").booleanValue()).isTrue();
    assertThat(output(done).path("analysisType").textValue()).isEqualTo("fallback");
    assertThat(step(done).path("status").textValue()).isEqualToIgnoringCase("degraded");
  }

  @Test
  @Order(1)
  void shouldTakeIntelligenceIntoTheWorkflowWithinItsLimit() throws Exception {
    for (int i = 0; i < TIMES; i++) {
      Workflow done =
          thresholds.time("cross_service_coordination_ms", () -> run(Submissions.analyzeOne()));
      assertThat(done.getStepsDegraded()).isZero();
      assertThat(output(done).path("language").textValue()).isEqualTo("java");
      assertThat(output(done).path("confidence").path("score").doubleValue()).isPositive();
    }
    var summary = thresholds.summary("cross_service_coordination_ms");
    assertThat(summary.averageKeepsLimit()).as("%s", summary).isTrue();
  }

  @Test
  @Order(2)
  void shouldCoordinateWithoutIntelligenceWithinItsLimit() {
    for (int i = 0; i < TIMES; i++) {
      thresholds.time("coordination_without_intelligence_ms", () -> run(Submissions.stampOne()));
    }
    var summary = thresholds.summary("coordination_without_intelligence_ms");
    assertThat(summary.averageKeepsLimit()).as("%s", summary).isTrue();
  }

  @Test
  @Order(3)
  void shouldFindServicesWithinItsLimit() {
    for (int i = 0; i < TIMES; i++) {
      var found =
          thresholds.time("service_discovery_ms", () -> Processes.instances(stack, Peer.STAMPING));
      assertThat(found).hasSize(1);
    }
    var summary = thresholds.summary("service_discovery_ms");
    assertThat(summary.averageKeepsLimit()).as("%s", summary).isTrue();
  }

  /** Half a second and one more try is what a workflow waits for. */
  @Test
  @Order(4)
  void shouldGoOnDegradedWhenIntelligenceIsSlow() throws Exception {
    between.delay(SLOW);
    long began = System.nanoTime();
    Workflow done = run(Submissions.analyzeOne());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    between.delay(Duration.ZERO);
    shouldBeMarkedAsDegraded(done);
    assertThat(took).isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
  }

  @Test
  @Order(5)
  void shouldAskOnlyNowAndThenWhileIntelligenceFailsAndGoOnAtOnceMeanwhile() throws Exception {
    between.refuse();
    for (int i = 0; i < 5; i++) {
      shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
    }
    // The breaker is open now.
    for (int i = 0; i < 20; i++) {
      Workflow done =
          thresholds.time(
              "coordination_without_intelligence_ms", () -> run(Submissions.analyzeOne()));
      shouldBeMarkedAsDegraded(done);
    }
    var summary = thresholds.summary("coordination_without_intelligence_ms");
    assertThat(summary.averageKeepsLimit()).as("%s", summary).isTrue();
    between.pass();
    awaitIntelligence();
  }

  @Test
  @Order(6)
  void shouldGoOnWithoutIntelligenceAndUseItAgainWhenItIsBack() throws Exception {
    intelligence.kill();
    processes.forget(intelligence);
    shouldBeMarkedAsDegraded(run(Submissions.analyzeOne()));
    assertThat(run(Submissions.stampOne()).getStepsDegraded()).isZero();
    var samePort = Map.of("INTELLIGENCE_PORT", Integer.toString(intelligence.port()));
    intelligence = processes.start(Peer.INTELLIGENCE, samePort).awaitReady();
    awaitIntelligence();
  }

  private static void awaitIntelligence() {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> run(Submissions.analyzeOne()).getStepsDegraded() == 0);
  }
}
