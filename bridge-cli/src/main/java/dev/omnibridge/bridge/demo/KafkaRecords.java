// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.stream.BatchBudget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;

/**
 * Reads back from Kafka what one correlation id caused, straight from the topics and without a
 * consumer group.
 */
final class KafkaRecords {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final Duration METADATA_LIMIT = Duration.ofSeconds(2);
  private static final Duration CLOCK_MARGIN = Duration.ofMinutes(2);

  private final String bootstrap;
  private final List<String> topics;
  private final BatchBudget budget = new BatchBudget();

  KafkaRecords(String bootstrap, String environment) {
    this.bootstrap = bootstrap;
    var catalogue = Catalogue.load();
    this.topics =
        Stream.of("workflow", "stamp", "analysis")
            .map(kind -> catalogue.topic(environment, kind))
            .toList();
  }

  /**
   * What was found.
   *
   * @param versions the versions of each stream, in the order of their first occurrence
   * @param repeats records whose event had been read before
   */
  record Found(Set<String> eventIds, Map<String, List<Long>> versions, long repeats) {

    /** True when no stream's versions go down. */
    boolean inOrder() {
      return versions.values().stream()
          .allMatch(list -> list.equals(list.stream().sorted().toList()));
    }
  }

  /**
   * Reads until all wanted events have been seen or the limit is over.
   *
   * @throws KafkaException when the broker or the topics cannot be reached
   */
  Found read(String correlationId, Set<String> wanted, Instant since, Duration limit) {
    var ids = new LinkedHashSet<String>();
    var versions = new LinkedHashMap<String, List<Long>>();
    long repeats = 0;
    long end = System.nanoTime() + limit.toNanos();
    try (var consumer = consumer()) {
      seek(consumer, since.minus(CLOCK_MARGIN), end);
      boolean idle = false;
      while (System.nanoTime() < end && !(idle && ids.containsAll(wanted))) {
        var batch = next(consumer);
        idle = batch.isEmpty();
        for (var record : batch) {
          if (!text(record, EventHeaders.CORRELATION_ID).equals(correlationId)) {
            continue;
          }
          if (ids.add(text(record, EventHeaders.ID))) {
            versions
                .computeIfAbsent(text(record, EventHeaders.STREAM), _ -> new ArrayList<>())
                .add(Long.parseLong(text(record, EventHeaders.VERSION)));
          } else {
            repeats++;
          }
        }
      }
    }
    return new Found(ids, versions, repeats);
  }

  /** What others put there may be large, and as small on its way as blanks are. */
  ConsumerRecords<byte[], byte[]> next(KafkaConsumer<byte[], byte[]> consumer) {
    budget.renew();
    return consumer.poll(POLL);
  }

  private void seek(KafkaConsumer<byte[], byte[]> consumer, Instant since, long end) {
    var partitions = new HashMap<TopicPartition, Long>();
    for (String topic : topics) {
      for (int partition : partitions(consumer, topic, end)) {
        partitions.put(new TopicPartition(topic, partition), since.toEpochMilli());
      }
    }
    consumer.assign(partitions.keySet());
    // The ends first: what is published between the two questions is not passed over.
    var ends = consumer.endOffsets(partitions.keySet(), CALL_LIMIT);
    var starts = consumer.offsetsForTimes(partitions, CALL_LIMIT);
    ends.forEach((partition, past) -> {
      var start = starts.get(partition);
      consumer.seek(partition, start == null ? past : start.offset());
    });
  }

  /** Waits for a broker that is just starting, and for the topic to be made. */
  private static List<Integer> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic, long end) {
    while (System.nanoTime() < end) {
      try {
        var known = consumer.partitionsFor(topic, METADATA_LIMIT);
        if (known != null && !known.isEmpty()) {
          return known.stream().map(PartitionInfo::partition).toList();
        }
        LockSupport.parkNanos(POLL.toNanos());
      } catch (RetriableException notYet) {
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
    throw new KafkaException("there is no topic " + topic);
  }

  KafkaConsumer<byte[], byte[]> consumer() {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    settings.put("default.api.timeout.ms", Math.toIntExact(CALL_LIMIT.toMillis()));
    return new KafkaConsumer<>(settings, budget, budget);
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
    Header found = record.headers().lastHeader(header);
    return found == null || found.value() == null
        ? ""
        : new String(found.value(), StandardCharsets.UTF_8);
  }
}
