// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The numbers from zero on in a topic, spread over its partitions, and whether a store has them as
 * they were sent.
 */
final class Numbers {
  static final int PARTITIONS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final String topic = "numbers-" + TOPICS.incrementAndGet();
  private final String bootstrapServers;
  private final MemoryLog store;
  private final int partitions;
  private int size;
  private int produced;

  Numbers(String bootstrapServers, MemoryLog store) {
    this(bootstrapServers, store, PARTITIONS);
  }

  Numbers(String bootstrapServers, MemoryLog store, int partitions) {
    this.bootstrapServers = bootstrapServers;
    this.store = store;
    this.partitions = partitions;
  }

  /** A group learns with a heartbeat who has come and what is whose; the tests wait for that. */
  static EmbeddedKafka.Options broker(Path directory) {
    return EmbeddedKafka.Options.in(directory)
        .withSettings(
            Map.of(
                "group.consumer.min.heartbeat.interval.ms", "200",
                "group.consumer.heartbeat.interval.ms", "200"));
  }

  /**
   * The records have so many bytes from now on; blanks, which take next to nothing on their way.
   */
  void padTo(int bytes) {
    size = bytes;
  }

  String topic() {
    return topic;
  }

  void createTopic() throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(20, SECONDS);
    }
  }

  void produceUntil(BooleanSupplier enough) {
    try (var producer = producer()) {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> {
            produce(20, producer);
            return enough.getAsBoolean();
          });
    }
  }

  void produce(int count) throws Exception {
    try (var producer = producer()) {
      produce(count, producer);
    }
  }

  private void produce(int count, KafkaProducer<byte[], byte[]> producer) throws Exception {
    var sent = IntStream.range(0, count).mapToObj(_ -> producer.send(next())).toList();
    for (var record : sent) {
      record.get(20, SECONDS);
    }
  }

  void produceOneByOne(int count) throws Exception {
    try (var producer = producer()) {
      for (int i = 0; i < count; i++) {
        producer.send(next()).get(20, SECONDS);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> next() {
    int number = produced++;
    return new ProducerRecord<>(topic, number % partitions, null, bytes(number));
  }

  /** Without idempotence: right after a topic was made, the client may lose count of its own. */
  private KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "enable.idempotence",
            false,
            "max.in.flight.requests.per.connection",
            1,
            "compression.type",
            "gzip",
            "max.request.size",
            32 << 20);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private byte[] bytes(int number) {
    byte[] digits = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(digits, Math.max(size, digits.length));
    Arrays.fill(padded, digits.length, padded.length, (byte) ' ');
    return padded;
  }

  void awaitAll() {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(store.count()).isGreaterThanOrEqualTo(produced));
  }

  /** Every number once, and within a partition in the order it was produced. */
  void assertOrdered() {
    var all = new ArrayList<Integer>();
    for (List<String> partition : store.effects()) {
      var numbers = partition.stream().map(Integer::valueOf).toList();
      assertThat(numbers).isSorted();
      all.addAll(numbers);
    }
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, produced).boxed().toList());
  }
}
