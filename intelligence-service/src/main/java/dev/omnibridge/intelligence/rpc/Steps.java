// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.IntFunction;

/**
 * Steps one after the other, however many: futures that are composed to a chain complete from its
 * end to its beginning, on a stack that 5,000 of them overflow.
 */
final class Steps {
  private final int count;
  private final IntFunction<Future<?>> step;
  private final Promise<Void> done = Promise.promise();
  private int next;

  private Steps(int count, IntFunction<Future<?>> step) {
    this.count = count;
    this.step = step;
  }

  /** Begins each step, 0 and on, when the one before is done; ends with the first that fails. */
  static Future<Void> run(int count, IntFunction<Future<?>> step) {
    var steps = new Steps(count, step);
    steps.goOn();
    return steps.done.future();
  }

  /** What a step throws would be the end of whoever completed the one before. */
  private Future<?> begin(int at) {
    try {
      return step.apply(at);
    } catch (RuntimeException thrown) {
      return Future.failedFuture(thrown);
    }
  }

  /** A loop while results are there at once. */
  private void goOn() {
    while (next < count) {
      Future<?> result = begin(next++);
      if (!result.isComplete()) {
        result.onComplete(_ -> goOn(), done::fail);
        return;
      }
      if (result.failed()) {
        done.fail(result.cause());
        return;
      }
    }
    done.complete();
  }
}
