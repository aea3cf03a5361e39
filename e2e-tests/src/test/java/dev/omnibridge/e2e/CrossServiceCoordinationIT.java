// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * A workflow asks intelligence.
 *
 * <pre>
 * orchestrator receives a workflow that wants intelligence
 *   → finds intelligence-service and asks it
 *   → takes what it learned into the workflow
 *   → stamping-service stamps the file with it
 *   → the workflow ends with the enriched metadata
 * </pre>
 *
 * What becomes of it when a service is slow, fails or is gone: {@link CoordinationFaultsIT}.
 */
@Story(criticalPath = true)
class CrossServiceCoordinationIT {
  private static final String WITH = "cross_service_coordination_ms";
  private static final String WITHOUT = "coordination_without_intelligence_ms";
  private static final String OVERHEAD = "intelligence_overhead_ms";
  private static final String DISCOVERY = "service_discovery_ms";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WARM_UP = 40;
  private static final int TIMES = 50;
  private static final int AT_ONCE = 20;

  private static final String ENRICHED =
      """
      document: {dsl: 1.0.0, namespace: stories, name: enriched, version: 1.0.0}
      do:
        - analyze:
            call: analyze
            with: {content: '${ .text }', path: '${ .path }'}
            export: {as: '${ {language: .language, confidence: .confidence, degraded: .degraded} }'}
        - stamp:
            call: stamp
            with:
              content: '${ $workflow.input.text }'
              path: '${ $workflow.input.path }'
              metadata: '${ $context }'
      output: {as: '${ . + $context }'}
      """;

  private final Way way;
  private final Stack stack;
  private final Runs runs;

  CrossServiceCoordinationIT(Way way) throws Exception {
    this.way = way;
    this.stack = Deployment.warm(way).stack();
    this.runs = new Runs(stack, "coordination-" + UUID.randomUUID());
  }

  @BeforeParameterizedClassInvocation
  static void warmUp(Way way) throws Exception {
    new CrossServiceCoordinationIT(way).runs.awaitIntelligence();
  }

  private Workflow run(String definition) {
    Workflow run = runs.run(definition, Runs.unseenFile());
    assertThat(run.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    assertThat(run.getStepsDegraded()).isZero();
    return run;
  }

  private static JsonNode output(Workflow run) throws Exception {
    return JSON.readTree(run.getOutput());
  }

  @Test
  void shouldCoordinateWithAndWithoutIntelligenceWithinTheirLimits() throws Exception {
    Thresholds figures = way.figures();
    // Where nothing is measured, nobody waits for what the run before has left.
    for (int i = 0; i < WARM_UP; i++) {
      var unusedWith = run(Submissions.analyzeOne());
      var unusedWithout = run(Submissions.stampOne());
    }
    for (int i = 0; i < TIMES; i++) {
      Duration with = Runs.timed(() -> run(Submissions.analyzeOne()));
      Duration without = Runs.timed(() -> run(Submissions.stampOne()));
      figures.record(WITH, with);
      figures.record(WITHOUT, without);
      Duration more = with.minus(without);
      figures.record(OVERHEAD, more.isNegative() ? Duration.ZERO : more);
    }
    figures.shouldBeKept(WITH, WITHOUT, OVERHEAD);
  }

  @Test
  void shouldFindTheServicesWithinItsLimit() {
    Thresholds figures = way.figures();
    for (int i = 0; i < WARM_UP + TIMES; i++) {
      Thresholds measured = i < WARM_UP ? new Thresholds() : figures;
      for (Peer peer : List.of(Peer.INTELLIGENCE, Peer.STAMPING)) {
        var found = measured.time(DISCOVERY, () -> Processes.instances(stack, peer));
        assertThat(found).hasSize(1);
      }
    }
    figures.shouldBeKept(DISCOVERY);
  }

  @Test
  void shouldTakeWhatIntelligenceFoundIntoTheWorkflow() throws Exception {
    JsonNode output = output(run(Submissions.analyzeOne()));

    assertThat(output.path("degraded").booleanValue()).isFalse();
    assertThat(output.path("language").textValue()).isEqualTo("java");
    assertThat(output.path("types").intValue()).isEqualTo(1);
    assertThat(output.path("functions").intValue()).isEqualTo(1);
    assertThat(output.path("confidence").path("score").doubleValue()).isPositive();
    assertThat(output.path("confidence").path("parts")).isNotEmpty();
  }

  @Test
  void shouldEndWithMetadataThatIntelligenceEnrichedInTheOutputTheStampAndTheEvents()
      throws Exception {
    Workflow run = run(ENRICHED);
    JsonNode output = output(run);
    JsonNode confidence = output.path("confidence");

    assertThat(output.path("language").textValue()).isEqualTo("java");
    assertThat(confidence.path("score").doubleValue()).isPositive();
    assertThat(
            stack.count(
                "select count(*) from event_logs where stream = ? and event_type ="
                    + " 'dev.omnibridge.metadata.stamp-created.v1'"
                    + " and payload -> 'metadata' ->> 'language' = 'java'"
                    + " and payload -> 'metadata' -> 'confidence' = ?::jsonb",
                "stamp/%s/%s".formatted(runs.namespace(), output.path("fileHash").textValue()),
                confidence.toString()))
        .isEqualTo(1);
    var steps =
        runs.journal(run).stream()
            .filter(event -> event.getType().endsWith("step-completed.v1"))
            .map(event -> Journals.payload(event).toString())
            .toList();
    assertThat(steps).hasSize(2);
    assertThat(steps.getFirst()).contains("\"language\":\"java\"");
  }

  @Test
  void shouldCarryTheCorrelationIdThroughEveryService() throws Exception {
    String correlation = UUID.randomUUID().toString();
    var request =
        Submissions.of(runs.namespace(), ENRICHED, Runs.unseenFile())
            .setCorrelationId(correlation)
            .build();
    Workflow run =
        Submissions.await(stack, stack.workflows().submitWorkflow(request).getWorkflow());
    assertThat(run.getCorrelationId()).isEqualTo(correlation);

    List<RecordedEvent> caused =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> Runs.caused(stack, correlation), comesFrom("workflow", "stamp", "analysis"));
    assertThat(caused).extracting(RecordedEvent::getCorrelationId).containsOnly(correlation);
    assertThat(caused).containsAll(runs.journal(run));
    var topics = caused.stream().map(RecordedEvent::getTopic).distinct().toArray(String[]::new);
    assertThat(topics).hasSize(3);
    var published =
        stack
            .kafka()
            .readUntil(
                seen ->
                    seen.stream().filter(one -> isOf(correlation, one)).count() >= caused.size(),
                topics);
    assertThat(published)
        .filteredOn(one -> isOf(correlation, one))
        .extracting(one -> Journals.header(one, "ce_id"))
        .containsExactlyInAnyOrderElementsOf(
            caused.stream().map(RecordedEvent::getEventId).toList());
  }

  private static Predicate<List<RecordedEvent>> comesFrom(String... kinds) {
    return events ->
        events.stream()
            .map(event -> event.getStream().getKind())
            .distinct()
            .sorted()
            .toList()
            .equals(List.of(kinds).stream().sorted().toList());
  }

  private static boolean isOf(String correlation, ConsumerRecord<String, byte[]> one) {
    var header = one.headers().lastHeader("ce_correlationid");
    return header != null && new String(header.value(), UTF_8).equals(correlation);
  }

  @Test
  void shouldCoordinateManyWorkflowsAtOnceWithoutMixingThemUp() throws Exception {
    var files = new ArrayList<Map<String, Object>>();
    var answers = new ArrayList<Future<Workflow>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        var file = Runs.unseenFile();
        files.add(file);
        answers.add(threads.submit(() -> runs.run(ENRICHED, file)));
      }
    }
    for (int i = 0; i < AT_ONCE; i++) {
      Workflow run = answers.get(i).get();
      assertThat(run.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
      assertThat(run.getStepsDegraded()).isZero();
      Journals.shouldBeWhole(runs.journal(run));
      assertThat(output(run).path("path").textValue()).isEqualTo(files.get(i).get("path"));
    }
    assertThat(
            stack.count(
                "select count(*) from metadata_stamps where namespace = ?", runs.namespace()))
        .isEqualTo(AT_ONCE);
  }
}
