// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The batches that are with the handler, oldest first. */
final class Flights {
  private record Flight(Future<?> answer, long began) {}

  private final Deque<Flight> flights = new ArrayDeque<>();
  private final int most;
  private final Duration limit;

  /** The handler gets the limit for each batch, from when it was handed over. */
  Flights(int most, Duration limit) {
    this.most = most;
    this.limit = limit;
  }

  /** An empty batch says that nothing came; mostly there is nothing to do then. */
  void handOver(Batch batch, BatchHandler handler) {
    Future<?> answer = answer(batch, handler);
    if (!batch.isEmpty() || !answer.succeeded()) {
      flights.add(new Flight(answer, System.nanoTime()));
    }
  }

  private static Future<?> answer(Batch batch, BatchHandler handler) {
    try {
      return batch.isEmpty() ? handler.idle() : handler.handle(batch);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  /** True when one has to be settled before the next poll: it is done, or there are too many. */
  boolean due() {
    Flight oldest = flights.peek();
    return oldest != null && (flights.size() >= most || oldest.answer().isComplete());
  }

  /** Waits for the oldest; throws what it failed with, and then it is still here. */
  void settle() {
    Flight oldest = flights.element();
    await(oldest);
    flights.remove();
  }

  /** Waits until all have ended, whatever came of them. */
  void abandon() {
    for (Flight flight = flights.poll(); flight != null; flight = flights.poll()) {
      try {
        await(flight);
      } catch (Exception failed) {
        // All of them come again; that the oldest failed is known.
        continue;
      }
    }
  }

  private void await(Flight flight) {
    Duration left = limit.minusNanos(System.nanoTime() - flight.began());
    Waits.within(left.isPositive() ? left : Duration.ofMillis(1), flight.answer());
  }
}
