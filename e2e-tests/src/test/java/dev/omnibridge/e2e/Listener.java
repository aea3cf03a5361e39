// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer that has its partitions already and hears what comes after it was made. */
final class Listener implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Queue<ConsumerRecord<String, byte[]>> heard = new ArrayDeque<>();

  /** On a topic that is there, by its short name. */
  Listener(Stack stack, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                stack.kafka().bootstrapServers(),
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        consumer.partitionsFor(stack.topic(topic), LIMIT).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    for (TopicPartition partition : partitions) {
      long unused = consumer.position(partition, LIMIT);
    }
  }

  /** The next record of a key, as soon as it comes; those of others are passed over. */
  ConsumerRecord<String, byte[]> next(String key) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() - end < 0) {
      while (!heard.isEmpty()) {
        var found = heard.remove();
        if (key.equals(found.key())) {
          return found;
        }
      }
      consumer.poll(POLL).forEach(heard::add);
    }
    throw new AssertionError("No record of %s after %s".formatted(key, LIMIT));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
