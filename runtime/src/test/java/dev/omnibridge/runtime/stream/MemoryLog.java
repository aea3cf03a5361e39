// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Effects and positions in memory, stored together or not at all, like the real log's. */
final class MemoryLog implements Positions, BatchHandler {
  private final Map<ConsumerPartition, Long> positions = new HashMap<>();
  private final Map<ConsumerPartition, List<String>> effects = new HashMap<>();
  private int failuresToCome;
  private int hangsToCome;
  private int loads;
  private int batches;
  private int largestBatch;
  private long mostBytes;

  @Override
  public synchronized Future<Map<ConsumerPartition, Long>> load(String consumer, String cluster) {
    loads++;
    return Future.succeededFuture(Map.copyOf(positions));
  }

  @Override
  public synchronized Future<?> handle(Batch batch) {
    if (failuresToCome > 0) {
      failuresToCome--;
      return Future.failedFuture(Fault.unavailable("STORE_AWAY", "The store is away.", null));
    }
    if (hangsToCome > 0) {
      hangsToCome--;
      return Promise.promise().future();
    }
    for (Slice slice : batch.slices()) {
      if (positions.getOrDefault(slice.partition(), -1L) != slice.expectedOffset()) {
        return Future.failedFuture(
            Fault.of(Kind.CONFLICT, "POSITION_MOVED", "The position has moved."));
      }
    }
    batches++;
    largestBatch = Math.max(largestBatch, batch.size());
    mostBytes = Math.max(mostBytes, bytes(batch));
    for (Slice slice : batch.slices()) {
      positions.put(slice.partition(), slice.nextOffset());
      slice.records().forEach(r -> effectsOf(slice.partition()).add(text(r.value())));
    }
    return Future.succeededFuture();
  }

  private static long bytes(Batch batch) {
    return batch.slices().stream()
        .flatMap(slice -> slice.records().stream())
        .mapToLong(record -> record.value().length)
        .sum();
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8).strip();
  }

  private List<String> effectsOf(ConsumerPartition partition) {
    return effects.computeIfAbsent(partition, _ -> new ArrayList<>());
  }

  synchronized void failNext(int times) {
    failuresToCome = times;
  }

  /** The next batches are never answered. */
  synchronized void hangNext(int times) {
    hangsToCome = times;
  }

  /** Moves every stored position behind the pump's back. */
  synchronized void moveAll(long offset) {
    positions.replaceAll((_, _) -> offset);
  }

  synchronized int loads() {
    return loads;
  }

  /** Batches that were stored. */
  synchronized int batches() {
    return batches;
  }

  /** Records of the largest of them. */
  synchronized int largestBatch() {
    return largestBatch;
  }

  /** Bytes of the values of the batch that had most. */
  synchronized long mostBytes() {
    return mostBytes;
  }

  /** The effects of every partition, in the order they were stored. */
  synchronized List<List<String>> effects() {
    return effects.values().stream().map(List::copyOf).toList();
  }

  synchronized int count() {
    return effects.values().stream().mapToInt(List::size).sum();
  }
}
