// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

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
final class Running<T> implements AutoCloseable {
  private static final long START_SECONDS = 30;

  private final CompletableFuture<T> started = new CompletableFuture<>();
  private final Consumer<T> stop;
  private volatile boolean starting;

  Running(Consumer<T> stop) {
    this.stop = stop;
  }

  T start(Supplier<T> start) {
    starting = true;
    try {
      T thing = start.get();
      boolean unused = started.complete(thing);
      return thing;
    } catch (RuntimeException failure) {
      boolean unused = started.completeExceptionally(failure);
      throw failure;
    }
  }

  /** False before the start, and after one that failed. */
  boolean isStartedOrStarting() {
    return starting && !started.isCompletedExceptionally();
  }

  /** Does nothing when nothing was started, or it did not start. */
  @Override
  public void close() {
    if (!isStartedOrStarting()) {
      return;
    }
    try {
      stop.accept(started.get(START_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException nothingToStop) {
      return;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
