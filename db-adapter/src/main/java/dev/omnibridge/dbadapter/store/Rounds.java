// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Repeats a small step one after the other while there may be more for it to do, until it fails,
 * its time is over, or all is to stop.
 */
final class Rounds {
  private final LongSupplier nanos;
  private final Duration limit;
  private volatile boolean stopped;

  /** As many as there may be. */
  Rounds() {
    this(System::nanoTime, Duration.ofNanos(Long.MAX_VALUE));
  }

  /** No round begins later than the limit after the first one did. */
  Rounds(LongSupplier nanos, Duration limit) {
    this.nanos = nanos;
    this.limit = limit;
  }

  /**
   * The step answers whether there may be more; gives true when there was no more in the end, and
   * false when the time was over first.
   */
  Future<Boolean> repeat(Supplier<Future<Boolean>> step) {
    Promise<Boolean> done = Promise.promise();
    round(step, nanos.getAsLong(), done);
    return done.future();
  }

  /** Not a chain of futures, which would grow by each round. */
  private void round(Supplier<Future<Boolean>> step, long began, Promise<Boolean> done) {
    if (stopped || nanos.getAsLong() - began > limit.toNanos()) {
      done.complete(false);
      return;
    }
    Future.succeededFuture()
        .compose(_ -> step.get())
        .onComplete(
            more -> {
              if (more) {
                round(step, began, done);
              } else {
                done.complete(true);
              }
            },
            done::fail);
  }

  /** One after the other, whatever came of the one; the first failure is that of both. */
  static Future<Void> after(Future<Void> one, Supplier<Future<Void>> other) {
    return one.transform(
        first -> first.succeeded() ? other.get() : other.get().transform(_ -> one));
  }

  boolean stopped() {
    return stopped;
  }

  /** From any thread; a round under way ends as it would. */
  void stop() {
    stopped = true;
  }
}
