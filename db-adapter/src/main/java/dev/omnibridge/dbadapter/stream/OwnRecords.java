// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.log.Incoming;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.OwnRecord;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.stream.BatchBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Kafka has of a log, from a time to the end as it is at the beginning. Blocks, within
 * limits; for one virtual thread, and once.
 */
final class OwnRecords {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long STALLED_NANOS = Duration.ofSeconds(30).toNanos();

  /** Brokers and the database need not have the same time. */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private final String bootstrapServers;
  private final Collection<String> topics;
  private final OwnRecord.Reader reader;
  private final BatchBudget budget = new BatchBudget();
  private long damaged;

  OwnRecords(String bootstrapServers, Collection<String> topics, OwnRecord.Reader reader) {
    this.bootstrapServers = bootstrapServers;
    this.topics = topics;
    this.reader = reader;
  }

  /** How many records name the log and cannot be read. */
  long damaged() {
    return damaged;
  }

  /**
   * Hands over the records in batches; those of one stream in their order.
   *
   * @throws Fault UNAVAILABLE when Kafka is not there, or does not go on
   */
  void read(@Nullable Instant since, Consumer<List<OwnRecord>> sink) {
    try (var consumer = new KafkaConsumer<>(settings(), budget, budget)) {
      read(consumer, since, sink);
    } catch (KafkaException away) {
      throw Fault.unavailable("KAFKA_AWAY", "Kafka cannot be read.", away);
    }
  }

  private Map<String, Object> settings() {
    return Map.of(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
        bootstrapServers,
        ConsumerConfig.CLIENT_ID_CONFIG,
        "omnibridge-reconcile",
        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
        false,
        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
        false,
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
        2_000,
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
        (int) CALL_LIMIT.toMillis());
  }

  private void read(
      KafkaConsumer<byte[], byte[]> consumer,
      @Nullable Instant since,
      Consumer<List<OwnRecord>> sink) {
    Set<String> there = new TreeSet<>(consumer.listTopics(CALL_LIMIT).keySet());
    var partitions =
        topics.stream()
            .filter(there::contains)
            .flatMap(topic -> consumer.partitionsFor(topic, CALL_LIMIT).stream())
            .map(found -> new TopicPartition(found.topic(), found.partition()))
            .toList();
    if (partitions.isEmpty()) {
      return;
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, CALL_LIMIT);
    seek(consumer, partitions, since, ends);
    long progress = System.nanoTime();
    while (ends.entrySet().stream().anyMatch(end -> isBefore(consumer, end))) {
      budget.renew();
      var polled = consumer.poll(POLL);
      if (!polled.isEmpty()) {
        progress = System.nanoTime();
        var own = new ArrayList<OwnRecord>();
        polled.forEach(found -> take(found, own));
        if (!own.isEmpty()) {
          sink.accept(own);
        }
      } else if (System.nanoTime() - progress > STALLED_NANOS) {
        throw Fault.unavailable("KAFKA_AWAY", "Kafka gives no records any more.", null);
      }
    }
  }

  private static boolean isBefore(
      KafkaConsumer<byte[], byte[]> consumer, Map.Entry<TopicPartition, Long> end) {
    return consumer.position(end.getKey(), CALL_LIMIT) < end.getValue();
  }

  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      @Nullable Instant since,
      Map<TopicPartition, Long> ends) {
    if (since == null) {
      consumer.seekToBeginning(partitions);
      return;
    }
    long from = since.minus(CLOCKS_DIFFER).toEpochMilli();
    var times = new HashMap<TopicPartition, Long>();
    partitions.forEach(partition -> times.put(partition, from));
    Map<TopicPartition, @Nullable OffsetAndTimestamp> found =
        consumer.offsetsForTimes(times, CALL_LIMIT);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp first = found.get(partition);
      consumer.seek(partition, first == null ? ends.getOrDefault(partition, 0L) : first.offset());
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> found, List<OwnRecord> into) {
    var headers = new ArrayList<Outgoing.Header>();
    found
        .headers()
        .forEach(header -> headers.add(new Outgoing.Header(header.key(), header.value())));
    var incoming =
        new Incoming(
            found.topic(),
            Instant.ofEpochMilli(Math.max(0, found.timestamp())),
            found.key(),
            found.value(),
            headers);
    try {
      reader.read(incoming).ifPresent(into::add);
    } catch (Fault unreadable) {
      damaged++;
    }
  }
}
