// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads topics from their beginning on the calling thread, without a group, seeing only committed
 * records. Within a partition the records come in their order.
 */
public record RecordReader(String bootstrapServers, Duration limit) {
  private static final Duration POLL = Duration.ofMillis(50);

  /**
   * So long a broker holds a question for more than there is, and who closes waits for its answer:
   * half a second at the end of every reading, where nothing else is said.
   */
  private static final int HELD_MILLIS = 50;

  public static RecordReader ofTestKafka() {
    return new RecordReader(TestKafka.bootstrapServers(), Duration.ofSeconds(20));
  }

  /**
   * All records once there are this many.
   *
   * @throws AssertionError when there are fewer at the limit
   */
  public List<ConsumerRecord<String, byte[]>> read(int count, String... topics) {
    return readUntil(records -> records.size() >= count, topics);
  }

  /**
   * All records read when the condition holds for them; it is asked after every batch.
   *
   * @throws AssertionError when it does not hold at the limit
   */
  public List<ConsumerRecord<String, byte[]>> readUntil(
      Predicate<List<ConsumerRecord<String, byte[]>>> enough, String... topics) {
    var records = new ArrayList<ConsumerRecord<String, byte[]>>();
    var end = System.nanoTime() + limit.toNanos();
    try (var consumer = consumer()) {
      assign(consumer, topics);
      while (!enough.test(List.copyOf(records))) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError(
              "Only %d records in %s after %s"
                  .formatted(records.size(), Arrays.toString(topics), limit));
        }
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }

  /** What is there now, up to the ends that the partitions have when the call begins. */
  public List<ConsumerRecord<String, byte[]>> readAll(String... topics) {
    var records = new ArrayList<ConsumerRecord<String, byte[]>>();
    var deadline = System.nanoTime() + limit.toNanos();
    try (var consumer = consumer()) {
      assign(consumer, topics);
      var ends = consumer.endOffsets(consumer.assignment(), limit);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError(
              "%s not read to the end after %s".formatted(Arrays.toString(topics), limit));
        }
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "auto.offset.reset",
            "earliest",
            "enable.auto.commit",
            false,
            "isolation.level",
            "read_committed",
            "fetch.max.wait.ms",
            HELD_MILLIS),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private void assign(KafkaConsumer<String, byte[]> consumer, String... topics) {
    var partitions =
        Arrays.stream(topics)
            .flatMap(topic -> partitions(consumer, topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Those of a topic that may just be about to be made. */
  private List<PartitionInfo> partitions(KafkaConsumer<String, byte[]> consumer, String topic) {
    var end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        var known = consumer.partitionsFor(topic, limit);
        if (!known.isEmpty()) {
          return known;
        }
      } catch (TimeoutException unanswered) {
        continue;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    throw new AssertionError("There is no topic %s after %s".formatted(topic, limit));
  }
}
