// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Time that stands still while something happens, and jumps to the next thing when nothing does.
 */
final class SimulatedTime implements World.Clock {
  private record Due(Instant at, long order, Runnable action) {}

  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::order));
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private long order;

  @Override
  public Instant now() {
    return now;
  }

  void after(Duration delay, Runnable action) {
    queue.add(new Due(now.plus(delay), order++, action));
  }

  /** Does the next thing; false when there is none within the time. */
  boolean step(Instant until) {
    Due next = queue.peek();
    if (next == null || next.at().isAfter(until)) {
      return false;
    }
    queue.remove();
    now = next.at().isAfter(now) ? next.at() : now;
    next.action().run();
    return true;
  }

  /** One life of a process: what it has planned is forgotten when it is killed. */
  final class Life implements World.Timers, World.Turns {
    private boolean over;

    void kill() {
      over = true;
    }

    private void alive(Runnable action) {
      if (!over) {
        action.run();
      }
    }

    @Override
    public World.Timer after(Duration delay, Runnable action) {
      boolean[] cancelled = {false};
      SimulatedTime.this.after(
          delay,
          () -> {
            if (!cancelled[0]) {
              alive(action);
            }
          });
      return () -> cancelled[0] = true;
    }

    @Override
    public void next(Runnable action) {
      var unused = after(Duration.ZERO, action);
    }

    @Override
    public <T> CompletionStage<T> aside(Supplier<T> computation) {
      CompletableFuture<T> result = new CompletableFuture<>();
      next(() -> {
        try {
          result.complete(computation.get());
        } catch (RuntimeException failure) {
          result.completeExceptionally(failure);
        }
      });
      return result;
    }

    /** Completes a stage of this life later, if the life still lasts then. */
    <T> CompletionStage<T> answer(Duration delay, Supplier<T> value) {
      CompletableFuture<T> result = new CompletableFuture<>();
      var unused =
          after(
              delay,
              () -> {
                try {
                  result.complete(value.get());
                } catch (RuntimeException failure) {
                  result.completeExceptionally(failure);
                }
              });
      return result;
    }
  }
}
