// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A service that calls go to: one breaker, and a bound on the calls under way. Those beyond wait in
 * order; there are never more of them than runs in memory. Used from one context only.
 */
final class CalledService {
  /** When the breaker opens, thousands that wait are refused; others get their turn in between. */
  private static final int AT_A_STRETCH = 100;

  private final Channel channel;
  private final Duration deadline;
  private final int maxUnderWay;
  private final Breaker breaker;
  private final Executor turns;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int underWay;
  private boolean passing;

  /** Its turns run on the one context. */
  CalledService(
      String name,
      Channel channel,
      Duration deadline,
      int maxUnderWay,
      Breaker.Settings settings,
      Executor turns) {
    this.channel = channel;
    this.deadline = deadline;
    this.maxUnderWay = maxUnderWay;
    this.breaker = new Breaker(name, settings);
    this.turns = turns;
  }

  void measured(Metrics metrics) {
    var unused = breaker.measured(metrics, "orchestrator");
  }

  Channel channel() {
    return channel;
  }

  Duration deadline() {
    return deadline;
  }

  /** For how long no call is made; zero when the next one may be. */
  Duration refusing() {
    return breaker.refusing();
  }

  /**
   * Calls when it is its turn. Fails with CIRCUIT_OPEN when the service is left alone, and with
   * CALL_CANCELLED when nobody wants the call any more by then; neither has been made.
   *
   * @param within the deadline of the call: one that is missed speaks of the service only when it
   *     is no shorter than what the service may take
   */
  <T> Future<T> call(BooleanSupplier wanted, Duration within, Supplier<Future<T>> call) {
    Promise<T> answer = Promise.promise();
    waiting.add(() -> begin(wanted, within, call, answer));
    next();
    return answer.future();
  }

  private <T> void begin(
      BooleanSupplier wanted, Duration within, Supplier<Future<T>> call, Promise<T> answer) {
    underWay++;
    Future<T> made =
        wanted.getAsBoolean()
            ? breaker.call(call, failure -> fault(failure, within))
            : Future.failedFuture(
                Fault.of(Fault.Kind.CANCELLED, "CALL_CANCELLED", "Nobody waits for it any more."));
    made.onComplete(result -> {
      underWay--;
      try {
        answer.handle(result);
      } finally {
        next();
      }
    });
  }

  private Fault fault(Throwable failure, Duration within) {
    Fault fault = Statuses.faultOf(failure);
    boolean hasty = fault.kind() == Fault.Kind.TIMEOUT && within.compareTo(deadline) < 0;
    return hasty ? Fault.of(Fault.Kind.CANCELLED, fault.reason(), fault.sentence()) : fault;
  }

  /** In one loop, however many of them end as soon as they begin. */
  private void next() {
    if (passing) {
      return;
    }
    passing = true;
    try {
      for (int begun = 0; underWay < maxUnderWay && !waiting.isEmpty(); begun++) {
        if (begun == AT_A_STRETCH) {
          turns.execute(this::next);
          return;
        }
        waiting.remove().run();
      }
    } finally {
      passing = false;
    }
  }
}
