// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Lets a bounded number of calls work at once and a bounded number wait, in the order they came. A
 * waiting call leaves when its time is over or its caller goes away. Used on one context only.
 */
public final class Turns {
  private final Context context;
  private final int atOnce;
  private final int bound;
  private final Queue<Turn<?>> waiting = new ArrayDeque<>();
  private int working;

  public Turns(Context context, int atOnce, int bound) {
    this.context = context;
    this.atOnce = atOnce;
    this.bound = bound;
  }

  /** Does the work when its turn comes; EXHAUSTED at once when too many wait already. */
  <R> Future<R> take(CallScope scope, Duration patience, Supplier<Future<R>> work) {
    if (working < atOnce) {
      return start(work);
    }
    if (waiting.size() >= bound) {
      return Future.failedFuture(tooMany());
    }
    var turn = new Turn<>(Promise.<R>promise(), work);
    waiting.add(turn);
    long timer =
        context.owner().setTimer(Math.max(1, patience.toMillis()), _ -> leave(turn, timeOver()));
    Runnable forget = scope.onCancelled(() -> context.runOnContext(_ -> leave(turn, gone())));
    return turn.promise()
        .future()
        .onComplete(_ -> {
          context.owner().cancelTimer(timer);
          forget.run();
        });
  }

  private <R> Future<R> start(Supplier<Future<R>> work) {
    working++;
    Future<R> started;
    try {
      started = work.get();
    } catch (RuntimeException failure) {
      started = Future.failedFuture(failure);
    }
    return started.onComplete(_ -> next());
  }

  private void next() {
    working--;
    Turn<?> turn = waiting.poll();
    if (turn != null) {
      begin(turn);
    }
  }

  private <R> void begin(Turn<R> turn) {
    start(turn.work()).onComplete(turn.promise());
  }

  private void leave(Turn<?> turn, Fault why) {
    if (waiting.remove(turn)) {
      turn.promise().fail(why);
    }
  }

  private Fault tooMany() {
    return Fault.of(
            Kind.EXHAUSTED,
            "ANALYSIS_QUEUE_FULL",
            "Too many analyses are waiting; try again in a moment.")
        .with("waiting", waiting.size())
        .with("running", working);
  }

  private static Fault timeOver() {
    return Fault.of(
        Kind.TIMEOUT, "ANALYSIS_TIMEOUT", "The time was over before the analysis had its turn.");
  }

  private static Fault gone() {
    return Fault.of(Kind.CANCELLED, "CALL_CANCELLED", "The caller no longer waits for the answer.");
  }

  /** Identity matters: two calls with equal work are two turns. */
  private static final class Turn<R> {
    private final Promise<R> promise;
    private final Supplier<Future<R>> work;

    Turn(Promise<R> promise, Supplier<Future<R>> work) {
      this.promise = promise;
      this.work = work;
    }

    Promise<R> promise() {
      return promise;
    }

    Supplier<Future<R>> work() {
      return work;
    }
  }
}
