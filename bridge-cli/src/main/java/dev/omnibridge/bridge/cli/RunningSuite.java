// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.suite.Suite;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A suite that a signal may stop at any time: one that is just starting is waited for and stopped
 * then, so that no server is left behind.
 */
final class RunningSuite implements AutoCloseable {
  private static final long START_SECONDS = 30;

  private final CompletableFuture<Suite> started = new CompletableFuture<>();
  private volatile boolean starting;

  Suite start(Supplier<Suite> start) {
    starting = true;
    try {
      Suite suite = start.get();
      boolean unused = started.complete(suite);
      return suite;
    } catch (RuntimeException failure) {
      boolean unused = started.completeExceptionally(failure);
      throw failure;
    }
  }

  /** False before the start, and after one that failed. */
  boolean isStartedOrStarting() {
    return starting && !started.isCompletedExceptionally();
  }

  /** Does nothing when no suite was started, or it did not start. */
  @Override
  public void close() {
    if (!isStartedOrStarting()) {
      return;
    }
    try {
      started.get(START_SECONDS, TimeUnit.SECONDS).close();
    } catch (ExecutionException | TimeoutException nothingToStop) {
      return;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
