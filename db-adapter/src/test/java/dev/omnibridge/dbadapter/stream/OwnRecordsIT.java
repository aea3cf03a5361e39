// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.dbadapter.log.OwnRecord;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.event.EventHeaders.Origin;
import dev.omnibridge.testkit.TestKafka;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What Kafka has of a log, read back as it is after a restore. */
class OwnRecordsIT {
  private static final int PARTITIONS = 12;
  private static final int RECORDS = 1_800;
  private static final String LOG = UUID.randomUUID().toString();
  private static final String RUN = UUID.randomUUID().toString();

  private final String topic = TestKafka.uniquePrefix() + "events";

  @Test
  void shouldReadACompressedBacklogInBatchesOfFewBytesAndEveryRecordOnceInOrder() {
    TestKafka.createTopics(PARTITIONS, topic);
    produce();
    var reader = new OwnRecord.Reader(Catalogue.load(), LOG);
    var records = new OwnRecords(TestKafka.bootstrapServers(), List.of(topic), reader);
    var positions = new ArrayList<List<Long>>();
    IntStream.range(0, PARTITIONS).forEach(_ -> positions.add(new ArrayList<>()));
    var sizes = new ArrayList<Long>();
    records.read(
        null,
        batch -> {
          sizes.add(batch.stream().mapToLong(own -> own.event().body().size()).sum());
          batch.forEach(own -> positions.get(own.lane()).add(own.position()));
        });
    assertThat(sizes).allSatisfy(bytes -> assertThat(bytes).isLessThan((16 << 20) + 22_000));
    assertThat(positions)
        .allSatisfy(some -> {
          assertThat(some).hasSize(RECORDS / PARTITIONS);
          assertThat(some).isSorted().doesNotHaveDuplicates();
        });
    assertThat(records.damaged()).isZero();
  }

  /** Without idempotence: right after a topic was made, the client may lose count of its own. */
  private void produce() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            TestKafka.bootstrapServers(),
            "compression.type",
            "gzip",
            "enable.idempotence",
            false,
            "max.in.flight.requests.per.connection",
            1);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        var unused = producer.send(record(i % PARTITIONS, i + 1));
      }
    }
  }

  private ProducerRecord<byte[], byte[]> record(int partition, long position) {
    var id = UUID.randomUUID();
    var time = Instant.parse("2026-03-01T12:00:00Z");
    var stream = "workflow/default/" + RUN;
    var payload = JsonNodeFactory.instance.objectNode().put("blank", " ".repeat(22_000));
    var envelope =
        new Envelope(id, "test.v1", time, "test", "default", null, null, null, stream, payload);
    var origin =
        new Origin(
            id.toString(),
            "test",
            "test.v1",
            time.toString(),
            "",
            "",
            LOG,
            stream,
            position,
            partition,
            position,
            1);
    var record = new ProducerRecord<byte[], byte[]>(topic, partition, null, envelope.toJson());
    EventHeaders.of(origin, "key", "").forEach(record.headers()::add);
    return record;
  }
}
