// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where each partition stands, and what of a poll may be handled.
 *
 * <p>Kafka keeps no offsets for us, so whenever a partition comes to this consumer it starts at its
 * beginning, below its place. That, and nothing else, tells that it came: no rebalance callback is
 * needed. Records of a partition without a place, or below it, are dropped, and the partition must
 * be placed: its stored position is loaded and sought. Records above the place are handled even if
 * offsets are missing in between (compaction, retention). A place that is out of date because
 * another consumer had the partition meanwhile is found out by the compare-and-set.
 */
final class Places {

  /**
   * A partition's stored position.
   *
   * @param stored the next offset as it is stored before the next batch, -1 without one
   * @param floor records below it are done; 0 when the partition ends before the stored position
   */
  record Place(ConsumerPartition key, long stored, long floor) {
    static Place of(ConsumerPartition key, @Nullable Long stored, long endOffset) {
      long next = stored == null ? -1 : stored;
      return new Place(key, next, next > endOffset ? 0 : Math.max(0, next));
    }

    /** True when the partition has lost records that were handled before. */
    boolean truncated() {
      return floor < stored;
    }
  }

  private final Map<ConsumerPartition, Long> truncated;
  private final Map<TopicPartition, Place> places = new HashMap<>();
  private final Set<TopicPartition> unplaced = new HashSet<>();

  /**
   * Nothing has a place yet.
   *
   * @param truncated the partitions that were found truncated, with what was stored then; outlives
   *     the places
   */
  Places(Map<ConsumerPartition, Long> truncated) {
    this.truncated = truncated;
  }

  /**
   * Where a partition goes on. One that was truncated goes on at its beginning until something of
   * it is stored, even if it has grown beyond the stored position meanwhile.
   */
  Place place(ConsumerPartition key, @Nullable Long stored, long endOffset) {
    Place place = Place.of(key, stored, endOffset);
    if (place.truncated()) {
      truncated.put(key, place.stored());
      return place;
    }
    if (stored != null && stored.equals(truncated.get(key))) {
      return new Place(key, stored, 0);
    }
    truncated.remove(key);
    return place;
  }

  /** The partitions that must be placed before anything else is polled. */
  Set<TopicPartition> unplaced() {
    return Set.copyOf(unplaced);
  }

  /** The partition stands here now. */
  void put(TopicPartition partition, Place place) {
    places.put(partition, place);
    unplaced.remove(partition);
  }

  /** The partition is not ours any more. */
  void drop(TopicPartition partition) {
    places.remove(partition);
    unplaced.remove(partition);
  }

  /** What may be handled of a poll; the rest is dropped and its partitions are unplaced. */
  Batch take(ConsumerRecords<byte[], byte[]> polled) {
    var slices = new ArrayList<Slice>();
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      Place place = places.get(partition);
      if (place == null || records.getFirst().offset() < place.floor()) {
        forget(partition);
      } else {
        slices.add(new Slice(place.key(), partition.topic(), place.stored(), records));
      }
    }
    return new Batch(slices);
  }

  /** The batch is on its way: its positions will be stored, or it is forgotten. */
  void advance(Batch batch) {
    for (Slice slice : batch.slices()) {
      long next = slice.nextOffset();
      places.put(partition(slice), new Place(slice.partition(), next, next));
    }
  }

  /** It is not handled; the positions must be read. */
  void forget(Batch batch) {
    batch.slices().forEach(slice -> forget(partition(slice)));
  }

  /** Of all partitions, the positions must be read. */
  void forgetAll() {
    unplaced.addAll(places.keySet());
    places.clear();
  }

  private void forget(TopicPartition partition) {
    places.remove(partition);
    unplaced.add(partition);
  }

  private static TopicPartition partition(Slice slice) {
    return new TopicPartition(slice.topic(), slice.partition().getPartition());
  }
}
