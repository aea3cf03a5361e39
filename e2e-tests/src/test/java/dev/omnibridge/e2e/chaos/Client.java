// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One client on a thread of its own: does the same thing again and again until it is over. */
abstract sealed class Client implements AutoCloseable
    permits SubmittingClient, StampingClient, PublishingClient {
  private static final int LIMIT_SECONDS = 60;

  final CountDownLatch over = new CountDownLatch(1);
  private final Queue<Long> acknowledgedAt = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final long pauseMillis;
  private final Thread thread;

  /** Rests so long after each time. */
  Client(String name, long pauseMillis) {
    this.pauseMillis = pauseMillis;
    this.thread = Thread.ofPlatform().name(name).unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  private void work() {
    try {
      do {
        once();
      } while (!over.await(pauseMillis, TimeUnit.MILLISECONDS));
    } catch (Exception | AssertionError failed) {
      failure.set(failed);
    }
  }

  final void acknowledged() {
    acknowledgedAt.add(System.nanoTime());
  }

  /** When answers came, by the nano clock. */
  final List<Long> acknowledgedAt() {
    return List.copyOf(acknowledgedAt);
  }

  abstract void once() throws Exception;

  /** Ends it after what it is at, and fails when it has failed. */
  void stop() throws InterruptedException {
    over.countDown();
    if (!thread.join(Duration.ofSeconds(LIMIT_SECONDS))) {
      throw new IllegalStateException(thread.getName() + " does not end");
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException(thread.getName() + " has failed", failed);
    }
  }

  @Override
  public abstract void close() throws InterruptedException;
}
