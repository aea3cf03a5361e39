// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A handler that takes its time, one batch after the other, and refuses every tenth of them. */
final class SlowStore implements BatchHandler {
  private final BatchHandler store;
  private final int millis;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private int batches;

  SlowStore(BatchHandler store, int millis) {
    this.store = store;
    this.millis = millis;
  }

  /** Most batches that were here at the same time. */
  int mostOutstanding() {
    return most.get();
  }

  @Override
  public Future<?> handle(Batch batch) {
    boolean refused = ++batches % 10 == 0;
    most.accumulateAndGet(outstanding.incrementAndGet(), Math::max);
    Promise<Void> answer = Promise.promise();
    var unused =
        thread.schedule(() -> answer(batch, refused, answer), millis, TimeUnit.MILLISECONDS);
    return answer.future().onComplete(_ -> outstanding.decrementAndGet());
  }

  private void answer(Batch batch, boolean refused, Promise<Void> answer) {
    Future<?> stored =
        refused
            ? Future.failedFuture(Fault.unavailable("STORE_AWAY", "The store is away.", null))
            : store.handle(batch);
    stored.<Void>mapEmpty().onComplete(answer);
  }
}
