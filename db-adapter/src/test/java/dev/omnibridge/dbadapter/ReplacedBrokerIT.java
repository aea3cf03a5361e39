// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.Lists;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.runtime.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An empty broker comes in the place of another, and PostgreSQL keeps what it knows. */
class ReplacedBrokerIT {
  private final UUID correlation = Given.id();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private OutboxRig rig;

  @BeforeEach
  void start() {
    rig = new OutboxRig(directory);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void shouldFollowWithWhatWasNotRelayed() {
    var adapter = rig.adapter();
    var runs = OutboxRig.runs(20);
    OutboxRig.write(adapter, runs);
    OutboxRig.write(adapter, runs);
    OutboxRig.drained(adapter);
    rig.kafka().stop();
    for (int i = 0; i < 5; i++) {
      OutboxRig.write(adapter, runs);
    }
    rig.kafka().replace();
    OutboxRig.drained(adapter);
    var records = rig.records();
    System.out.printf(
        "an empty broker: %d rows, %d records followed%n", rig.rows().size(), records.size());
    assertThat(OutboxRig.ids(records)).hasSize(100);
    assertThat(records)
        .allSatisfy(
            found -> assertThat(OutboxRig.header(found, EventHeaders.VERSION)).isGreaterThan("2"));
  }

  @Test
  void shouldBeRefilledWithEverythingWhenItIsAsked() {
    var adapter = rig.adapter();
    var runs = OutboxRig.runs(10);
    for (int i = 0; i < 6; i++) {
      OutboxRig.write(adapter, runs);
    }
    OutboxRig.drained(adapter);
    rig.kafka().stop();
    OutboxRig.write(adapter, runs);
    rig.kafka().replace();
    OutboxRig.drained(adapter);
    assertThat(OutboxRig.ids(rig.records())).hasSize(10);
    var last =
        Lists.newArrayList(
                OutboxServiceGrpc.newBlockingStub(adapter.channel())
                    .republish(RepublishRequest.newBuilder().setAll(true).build()))
            .getLast();
    assertThat(last.getDone()).isTrue();
    assertThat(last.getEvents()).isEqualTo(70);
    assertThat(last.getByTopicMap()).containsExactly(Map.entry(rig.topic(), last.getEvents()));
    var records = rig.records();
    assertThat(OutboxRig.ids(records)).containsExactlyInAnyOrderElementsOf(rig.rows());
    assertThat(
            OutboxRig.firstAppearances(
                records.stream()
                    .filter(
                        found -> OutboxRig.header(found, EventHeaders.REPUBLISHED).equals("true"))
                    .toList()))
        .hasSize(10)
        .allSatisfy(
            (_, versions) -> assertThat(versions).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L));
  }

  /** The topics are looked at anew every half minute. */
  @Test
  @Tag("long")
  void shouldTakeInWhatOthersPublishFromItsBeginning() throws Exception {
    var adapter = rig.adapter(OutboxConfig.DEFAULT, true);
    OutboxRig.write(adapter, OutboxRig.runs(1));
    OutboxRig.drained(adapter);
    publish("before-1");
    publish("before-2");
    publish("before-3");
    takenIn(adapter, 3);
    rig.kafka().replace();
    OutboxRig.write(adapter, OutboxRig.runs(1));
    OutboxRig.drained(adapter);
    publish("before-3");
    publish("after-1");
    takenIn(adapter, 4);
    OutboxRig.write(adapter, OutboxRig.runs(1));
    publish("after-2");
    takenIn(adapter, 5);
  }

  private void publish(String id) throws Exception {
    String event =
        """
        {"envelope_id": "%s", "event_type": "org.other.measured.v2",
         "envelope_timestamp": "2025-03-01T12:00:00Z", "source_node": "probe",
         "tenant_id": "lab", "correlation_id": "%s", "payload": {}}
        """
            .formatted(id, correlation);
    String topic = rig.environment + ".omninode-bridge.metadata.events.v1";
    Map<String, Object> settings = Map.of("bootstrap.servers", rig.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      var unused =
          producer
              .send(new ProducerRecord<>(topic, "file", event.getBytes(StandardCharsets.UTF_8)))
              .get(30, TimeUnit.SECONDS);
    }
  }

  private void takenIn(RunningDbAdapter adapter, int events) {
    var question = QueryEventsRequest.newBuilder().setCorrelationId(correlation.toString()).build();
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() ->
            assertThat(
                    LogServiceGrpc.newBlockingStub(adapter.channel())
                        .queryEvents(question)
                        .getEventsList())
                .hasSize(events));
  }
}
