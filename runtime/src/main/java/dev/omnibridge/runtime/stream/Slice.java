// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.PositionMove;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The records of one partition in offset order, with the position they start from. Offsets may have
 * gaps; none is below the stored position.
 *
 * @param partition the key of the stored position
 * @param topic name of the topic
 * @param expectedOffset the stored next offset as far as is known; -1 when none is stored
 * @param records at least one
 */
public record Slice(
    ConsumerPartition partition,
    String topic,
    long expectedOffset,
    List<ConsumerRecord<byte[], byte[]>> records) {

  /** The next offset to read once these records are done. */
  public long nextOffset() {
    return records.getLast().offset() + 1;
  }

  /** These records and those of the same partition that came after them. */
  Slice with(Slice later) {
    var joined = new ArrayList<>(records);
    joined.addAll(later.records);
    return new Slice(partition, topic, expectedOffset, List.copyOf(joined));
  }

  /** The move to make in the transaction of the effect. */
  public PositionMove move() {
    return PositionMove.newBuilder()
        .setPartition(partition)
        .setExpectedOffset(expectedOffset)
        .setNextOffset(nextOffset())
        .build();
  }
}
