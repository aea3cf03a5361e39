// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The batches that are with the handler, oldest first. */
final class Flights {
  private record Flight(Batch batch, Future<?> answer, long began) {}

  private final Deque<Flight> flights = new ArrayDeque<>();
  private final int most;
  private final Duration limit;

  /** The handler gets the limit for each batch, from when it was handed over. */
  Flights(int most, Duration limit) {
    this.most = most;
    this.limit = limit;
  }

  void handOver(Batch batch, BatchHandler handler) {
    flights.add(new Flight(batch, answer(batch, handler), System.nanoTime()));
  }

  private static Future<?> answer(Batch batch, BatchHandler handler) {
    try {
      return handler.handle(batch);
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

  /** Waits until all have ended, whatever came of them; those batches. */
  List<Batch> abandon() {
    var abandoned = new ArrayList<Batch>();
    for (Flight flight = flights.poll(); flight != null; flight = flights.poll()) {
      abandoned.add(flight.batch());
      try {
        await(flight);
      } catch (Exception failed) {
        // All of them come again; that the oldest failed is known.
        continue;
      }
    }
    return abandoned;
  }

  private void await(Flight flight) {
    Duration left = limit.minusNanos(System.nanoTime() - flight.began());
    Waits.within(left.isPositive() ? left : Duration.ofMillis(1), flight.answer());
  }
}
