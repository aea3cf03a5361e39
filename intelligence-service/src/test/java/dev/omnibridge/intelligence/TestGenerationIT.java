// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.intelligence.testgen.GeneratedTests;
import dev.omnibridge.intelligence.testgen.GenerationFailure;
import dev.omnibridge.intelligence.testgen.TestGeneration;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent;
import dev.omnibridge.intelligence.testgen.TestGenerationPublisher;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.TestKafka;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The events of test generation, from the publisher to the rows and the three topics. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TestGenerationIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private RunningIntelligence suite;
  private TestGenerationPublisher publisher;

  @BeforeAll
  void start() throws Exception {
    suite = new RunningIntelligence(Map.of("DB_ADAPTER_INBOX", "true"));
    publisher =
        new TestGenerationPublisher(
            suite.context(), suite.dbAdapter(), Clock.systemUTC(), System::nanoTime, new Random());
  }

  @AfterAll
  void stop() throws Exception {
    suite.close();
  }

  private static TestGeneration generation(UUID workflow) {
    return new TestGeneration(
        "default",
        UUID.randomUUID(),
        workflow,
        "postgres_crud_effect_tests",
        List.of("unit", "integration", "contract"),
        "NodePostgresCrudEffect",
        "./generated_nodes/postgres_crud_effect/tests",
        TRACE);
  }

  private static GeneratedTests tests() {
    return new GeneratedTests(
        List.of("tests/test_unit.py", "tests/test_integration.py"),
        0.92,
        85.5,
        JsonNodeFactory.instance.objectNode().put("unit_tests", 12));
  }

  private ConsumerRecord<String, byte[]> record(String topic, UUID correlation) {
    return new RecordReader(TestKafka.bootstrapServers(), PATIENCE)
            .readUntil(
                all -> all.stream().anyMatch(record -> record.key().equals(correlation.toString())),
                suite.topic(topic))
            .stream()
            .filter(record -> record.key().equals(correlation.toString()))
            .findFirst()
            .orElseThrow();
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static TestGenerationEvent event(byte[] body) {
    var envelope = Envelope.parse(body);
    return TestGenerationEvent.of(envelope.eventType(), envelope.payload());
  }

  private List<RecordedEvent> byCorrelation(UUID correlation) {
    return suite
        .log()
        .queryEvents(
            QueryEventsRequest.newBuilder()
                .setCorrelationId(correlation.toString())
                .setOldestFirst(true)
                .build())
        .getEventsList();
  }

  private List<String> typesByWorkflow(UUID workflow) throws Exception {
    try (Connection connection = suite.database().connect();
        var query =
            connection.prepareStatement(
                "select event_type from event_logs where payload ->> 'workflow_id' = ?"
                    + " order by version")) {
      query.setString(1, workflow.toString());
      var types = new ArrayList<String>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          types.add(rows.getString(1));
        }
      }
      return types;
    }
  }

  @Test
  void shouldPutAGenerationIntoTheLogAndOnItsTopics() throws Exception {
    UUID workflow = UUID.randomUUID();
    var good = generation(workflow);
    publisher.publish(good, () -> Future.succeededFuture(tests())).await(30, SECONDS);
    var bad = generation(workflow);
    var failure = new GenerationFailure("TEMPLATE_NOT_FOUND", "There is no template.", null);
    assertThatThrownBy(
            () -> publisher.publish(bad, () -> Future.failedFuture(failure)).await(30, SECONDS))
        .isSameAs(failure);

    var started = record("test-generation.started.v1", good.correlationId());
    var completed = record("test-generation.completed.v1", good.correlationId());
    var failed = record("test-generation.failed.v1", bad.correlationId());
    assertThat(event(started.value()))
        .isInstanceOfSatisfying(
            TestGenerationEvent.Started.class,
            event -> {
              assertThat(event.workflowId()).isEqualTo(workflow);
              assertThat(event.testTypes()).containsExactly("unit", "integration", "contract");
              assertThat(event.nodeName()).isEqualTo("NodePostgresCrudEffect");
            });
    assertThat(event(completed.value())).isInstanceOf(TestGenerationEvent.Completed.class);
    assertThat(event(failed.value()))
        .isInstanceOfSatisfying(
            TestGenerationEvent.Failed.class,
            event -> assertThat(event.errorCode()).isEqualTo("TEMPLATE_NOT_FOUND"));
    assertThat(header(completed, EventHeaders.TYPE))
        .isEqualTo("dev.omnibridge.test-generation.completed.v1");
    assertThat(header(completed, EventHeaders.PARTITION_KEY)).isEqualTo(completed.key());
    assertThat(header(completed, EventHeaders.TRACEPARENT)).isEqualTo(TRACE);
    assertThat(header(completed, EventHeaders.VERSION)).isEqualTo("2");

    var rows = byCorrelation(good.correlationId());
    assertThat(rows)
        .extracting(RecordedEvent::getType)
        .containsExactly(
            "dev.omnibridge.test-generation.started.v1",
            "dev.omnibridge.test-generation.completed.v1");
    assertThat(rows.getLast().getBody().toByteArray()).isEqualTo(completed.value());
    assertThat(byCorrelation(bad.correlationId())).hasSize(2);
    assertThat(typesByWorkflow(workflow)).hasSize(4);
    assertThat(publisher.failed()).hasValue(1);
    assertThat(publisher.lost()).hasValue(0);
  }

  @Test
  void shouldTakeWhatOthersPublishOnTheTopicsIntoTheLog() throws Exception {
    String type = "dev.omnibridge.test-generation.failed.v1";
    UUID correlation = UUID.randomUUID();
    UUID workflow = UUID.randomUUID();
    var payload =
        ((ObjectNode) Objects.requireNonNull(Catalogue.load().event(type).example())).deepCopy();
    payload.put("correlation_id", correlation.toString());
    payload.put("workflow_id", workflow.toString());
    var envelope =
        JsonNodeFactory.instance
            .objectNode()
            .put("envelope_version", "v1")
            .put("envelope_id", UUID.randomUUID().toString())
            .put("envelope_timestamp", Instant.now().toString())
            .put("event_type", "ModelEventTestGenerationFailed")
            .put("correlation_id", correlation.toString())
            .put("source_service", "omniclaude")
            .set("payload", payload);
    byte[] body = envelope.toString().getBytes(StandardCharsets.UTF_8);
    String topic = suite.topic("test-generation.failed.v1");
    assertThat(new RecordReader(TestKafka.bootstrapServers(), PATIENCE).readAll(topic)).isNotNull();
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      var sent = producer.send(new ProducerRecord<>(topic, correlation.toString(), body));
      assertThat(sent.get(20, SECONDS).hasOffset()).isTrue();
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(byCorrelation(correlation)).hasSize(1));
    var event = byCorrelation(correlation).getFirst();
    assertThat(event.getBody().toByteArray()).isEqualTo(body);
    assertThat(event.getStream().getKind()).isEqualTo("test-generation");
    assertThat(event.getStream().getId()).isEqualTo("inbox/omniclaude/" + correlation);
    assertThat(typesByWorkflow(workflow)).containsExactly("ModelEventTestGenerationFailed");
  }

  @Test
  void shouldMakeTheTopicsAsTheCatalogueSays() throws Exception {
    try (var admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.bootstrapServers()))) {
      for (var kept : Map.of("started", 7, "completed", 7, "failed", 30).entrySet()) {
        String topic = suite.topic("test-generation." + kept.getKey() + ".v1");
        assertTopic(admin, topic, 3, kept.getValue(), "snappy");
        assertTopic(admin, topic + ".dlq", 1, 30, "producer");
      }
      assertTopic(admin, suite.topic("codegen.status-session.v1"), 6, 3, "producer");
    }
  }

  private static void assertTopic(
      Admin admin, String topic, int partitions, int days, String compression) throws Exception {
    // Waits until it is there.
    assertThat(new RecordReader(TestKafka.bootstrapServers(), PATIENCE).readAll(topic)).isNotNull();
    var description = admin.describeTopics(List.of(topic)).allTopicNames().get(20, SECONDS);
    assertThat(description.get(topic).partitions()).as(topic).hasSize(partitions);
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var config = admin.describeConfigs(List.of(resource)).all().get(20, SECONDS).get(resource);
    assertThat(config.get("retention.ms").value())
        .as(topic)
        .isEqualTo(Long.toString(Duration.ofDays(days).toMillis()));
    assertThat(config.get("cleanup.policy").value()).as(topic).isEqualTo("delete");
    assertThat(config.get("compression.type").value()).as(topic).isEqualTo(compression);
  }
}
