// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Context;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Works on ranges of numbers, a few at a time, and hands their results on in order. */
final class Ranges {
  private final int width;
  private final int atOnce;

  Ranges(int width, int atOnce) {
    this.width = width;
    this.atOnce = atOnce;
  }

  /** Stops at the first failure, which may be thrown by the taker, too. */
  <R> void each(long from, long to, BiFunction<Long, Long, Callable<R>> work, Consumer<R> inOrder) {
    Deque<Future<R>> running = new ArrayDeque<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      for (long at = from; at < to || !running.isEmpty(); ) {
        if (at < to && running.size() < atOnce) {
          long end = Math.min(to, at + width);
          running.add(threads.submit(Context.current().wrap(work.apply(at, end))));
          at = end;
        } else {
          inOrder.accept(result(running.remove()));
        }
      }
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  private static <R> R result(Future<R> running) {
    try {
      return running.get();
    } catch (ExecutionException failed) {
      throw Statuses.faultOf(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw Fault.of(Fault.Kind.CANCELLED, "CALLER_GONE", "Nobody waits for this any more.");
    }
  }
}
