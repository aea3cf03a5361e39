// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.PositionMove;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.OwnLog;
import dev.omnibridge.runtime.stream.Slice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A batch on its way: its records in order, how many are committed, and where that left each
 * partition.
 */
final class Work {

  /** One record and what it is. */
  record Item(Slice slice, ConsumerRecord<byte[], byte[]> record, Incoming incoming) {}

  private final List<Item> items = new ArrayList<>();
  private final Map<ConsumerPartition, Long> stored = new HashMap<>();
  private int done;

  Work(Batch batch, OwnLog log) {
    for (Slice slice : batch.slices()) {
      stored.put(slice.partition(), slice.expectedOffset());
      slice.records().forEach(r -> items.add(new Item(slice, r, Incoming.of(r, log))));
    }
  }

  boolean isDone() {
    return done == items.size();
  }

  /** What is not committed yet. */
  List<Item> rest() {
    return items.subList(done, items.size());
  }

  /** The first record that is not committed yet. */
  Item first() {
    return items.get(done);
  }

  /**
   * The moves that pass so many more records. A partition that is only begun keeps its place, and
   * is still checked: that fences off another owner.
   */
  Collection<PositionMove> moves(int count) {
    var moves = new LinkedHashMap<ConsumerPartition, PositionMove>();
    if (count == 0) {
      moves.put(first().slice().partition(), move(first(), first().record().offset()));
    }
    for (Item item : items.subList(done, done + count)) {
      moves.put(item.slice().partition(), move(item, item.record().offset() + 1));
    }
    return moves.values();
  }

  private PositionMove move(Item item, long next) {
    ConsumerPartition partition = item.slice().partition();
    return PositionMove.newBuilder()
        .setPartition(partition)
        .setExpectedOffset(stored.getOrDefault(partition, -1L))
        .setNextOffset(next)
        .build();
  }

  /** These moves are committed, and with them so many records. */
  void committed(Collection<PositionMove> moves, int count) {
    moves.forEach(move -> stored.put(move.getPartition(), move.getNextOffset()));
    done += count;
  }
}
