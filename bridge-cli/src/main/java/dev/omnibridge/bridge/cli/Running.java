// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A suite, or its servers, that a signal may stop at any time: what is just starting is waited for
 * and stopped then, so that no server is left behind.
 */
final class Running<T> {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /** What may be left when a start took too long to be waited for. */
  static final String LEFT =
      "Not stopped: it was still starting after %d s, and PostgreSQL may still run; the next ./bridge up stops that, and goes on with its data."
          .formatted(START_LIMIT.toSeconds());

  private final CompletableFuture<T> started = new CompletableFuture<>();
  private final Consumer<T> stop;
  private final Duration startLimit;
  private volatile boolean starting;

  Running(Consumer<T> stop) {
    this(stop, START_LIMIT);
  }

  /** The limit is for what is just starting when it is to be stopped. */
  Running(Consumer<T> stop, Duration startLimit) {
    this.stop = stop;
    this.startLimit = startLimit;
  }

  T start(Supplier<T> start) {
    starting = true;
    try {
      T thing = start.get();
      boolean unused = started.complete(thing);
      return thing;
    } catch (RuntimeException | Error failure) {
      boolean unused = started.completeExceptionally(failure);
      throw failure;
    }
  }

  /** False before the start, and after one that failed. */
  boolean isStartedOrStarting() {
    return starting && !started.isCompletedExceptionally();
  }

  /**
   * Stops it; false when it was not there in time, and what it had begun was left. Does nothing
   * when nothing was started, or it did not start.
   */
  boolean stop() {
    if (!isStartedOrStarting()) {
      return true;
    }
    try {
      stop.accept(started.get(startLimit.toMillis(), TimeUnit.MILLISECONDS));
      return true;
    } catch (ExecutionException nothingToStop) {
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
