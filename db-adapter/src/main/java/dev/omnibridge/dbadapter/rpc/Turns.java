// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.runtime.Fault;
import io.vertx.core.Context;
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
  static final long WAIT_MILLIS = 5_000;

  /**
   * A page is often one message of up to 2.5 MiB, of which nobody is told until all of it is taken:
   * so it has longer than the pieces of a scan, and is in time at 21 KB/s.
   */
  static final long TAKE_MILLIS = 120_000;

  /** For who was too slow to take up the rest and hear why it ended. */
  static final long REST_MILLIS = 30_000;

  /** Runs an action after a while, unless what is returned calls it off first. */
  interface Timers {
    Runnable after(long millis, Runnable action);
  }

  private final Context context;
  private final Timers timers;
  private final Supplier<Fault> busy;
  private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
  private int free = MOST;

  /** Busy is said to those for whom there is no turn in time. */
  Turns(Context context, Supplier<Fault> busy) {
    this(context, timers(context.owner()), busy);
  }

  /** In a time of its own, for tests. */
  Turns(Context context, Timers timers, Supplier<Fault> busy) {
    this.context = context;
    this.timers = timers;
    this.busy = busy;
  }

  private static Timers timers(Vertx vertx) {
    return (millis, action) -> {
      long timer = vertx.setTimer(millis, _ -> action.run());
      return () -> vertx.cancelTimer(timer);
    };
  }

  /** Completes the turn when it comes, in the order of the calls. */
  void take(Promise<Void> turn) {
    if (free > 0) {
      free--;
      turn.complete();
    } else if (waiting.size() == WAITING) {
      turn.fail(busy.get());
    } else {
      waiting.add(turn);
      Runnable cancel = timers.after(WAIT_MILLIS, () -> giveUp(turn));
      var unused = turn.future().onComplete(_ -> cancel.run());
    }
  }

  /** Fails the turn if it is still waited for, and makes room for others who wait. */
  void giveUp(Promise<Void> turn) {
    if (waiting.remove(turn)) {
      turn.fail(busy.get());
    }
  }

  /**
   * The next one begins when this has returned: it may end at once, and so may all that wait, each
   * of them on the stack of the one before.
   */
  void giveBack() {
    Promise<Void> next = waiting.poll();
    if (next == null) {
      free++;
    } else {
      context.runOnContext(_ -> next.complete());
    }
  }

  /** Runs the action when a page has not been taken in time, unless it is called off. */
  Runnable unlessTaken(Runnable action) {
    return timers.after(TAKE_MILLIS, action);
  }

  /** Runs the action when who was too slow does not come back, unless it is called off. */
  Runnable unlessBack(Runnable action) {
    return timers.after(REST_MILLIS, action);
  }
}
