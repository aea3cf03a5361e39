// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * So many at once, because each holds memory for as long as its caller likes; who waits for a turn
 * holds nothing. Turns are short as a rule, so they are worth waiting for. Lives on one context.
 */
final class Turns {
  /** Of up to 2.5 MiB each, if all callers are slow. */
  static final int MOST = 16;

  static final int WAITING = 1000;
  private static final long WAIT_MILLIS = 5_000;

  private final Vertx vertx;
  private final long waitMillis;
  private final Supplier<Fault> busy;
  private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
  private int free = MOST;

  /** Busy is said to those for whom there is no turn in time. */
  Turns(Vertx vertx, Supplier<Fault> busy) {
    this(vertx, WAIT_MILLIS, busy);
  }

  /** In a time of its own, for tests. */
  Turns(Vertx vertx, long waitMillis, Supplier<Fault> busy) {
    this.vertx = vertx;
    this.waitMillis = waitMillis;
    this.busy = busy;
  }

  /** Answers when it is the caller's turn, in the order of the calls. */
  Future<Void> take() {
    if (free > 0) {
      free--;
      return Future.succeededFuture();
    }
    if (waiting.size() == WAITING) {
      return Future.failedFuture(busy.get());
    }
    Promise<Void> turn = Promise.promise();
    waiting.add(turn);
    long timer = vertx.setTimer(waitMillis, _ -> giveUp(turn));
    return turn.future().onComplete(_ -> vertx.cancelTimer(timer));
  }

  private void giveUp(Promise<Void> turn) {
    if (waiting.remove(turn)) {
      turn.fail(busy.get());
    }
  }

  void giveBack() {
    Promise<Void> next = waiting.poll();
    if (next == null) {
      free++;
    } else {
      next.complete();
    }
  }
}
