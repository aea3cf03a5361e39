// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a demo reads back from Kafka, where others may have put whatever they like. */
class KafkaRecordsIT {
  private static final int RECORDS = 60;
  private static final int BYTES = 1 << 20;
  private static final String CORRELATION = UUID.randomUUID().toString();

  private final String environment = TestKafka.uniquePrefix() + "demo";
  private final List<String> topics =
      Stream.of("workflow", "stamp", "analysis")
          .map(kind -> Catalogue.load().topic(environment, kind))
          .toList();
  private final KafkaRecords records = new KafkaRecords(TestKafka.bootstrapServers(), environment);

  @Test
  void shouldFindAllEventsOfACompressedBacklogWithFewBytesAtATime() throws Exception {
    TestKafka.createTopics(1, topics.toArray(String[]::new));
    var ids = IntStream.range(0, RECORDS).mapToObj(_ -> UUID.randomUUID().toString()).toList();
    produce(ids);

    var sizes = new ArrayList<Long>();
    try (var consumer = records.consumer()) {
      var partition = new TopicPartition(topics.getFirst(), 0);
      consumer.assign(List.of(partition));
      while (consumer.position(partition) < RECORDS) {
        sizes.add(
            StreamSupport.stream(records.next(consumer).spliterator(), false)
                .mapToLong(ConsumerRecord::serializedValueSize)
                .sum());
      }
    }
    assertThat(sizes).allSatisfy(bytes -> assertThat(bytes).isLessThanOrEqualTo(17L * BYTES));

    var since = Instant.now().minusSeconds(60);
    var found = records.read(CORRELATION, new HashSet<>(ids), since, Duration.ofSeconds(30));
    assertThat(found.eventIds()).containsExactlyElementsOf(ids);
    assertThat(found.inOrder()).isTrue();
    assertThat(found.repeats()).isZero();
  }

  private void produce(List<String> ids) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            TestKafka.bootstrapServers(),
            "compression.type",
            "gzip",
            "enable.idempotence",
            false,
            "max.in.flight.requests.per.connection",
            1,
            "max.request.size",
            2 * BYTES);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        var record =
            new ProducerRecord<byte[], byte[]>(topics.getFirst(), 0, null, new byte[BYTES]);
        Map.of(
                EventHeaders.ID,
                ids.get(i),
                EventHeaders.CORRELATION_ID,
                CORRELATION,
                EventHeaders.STREAM,
                "workflow/default/a",
                EventHeaders.VERSION,
                Integer.toString(i + 1))
            .forEach(
                (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        var unused = producer.send(record).get(30, TimeUnit.SECONDS);
      }
    }
  }
}
