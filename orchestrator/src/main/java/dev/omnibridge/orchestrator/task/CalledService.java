// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * A service that calls go to: one breaker, and a bound on the calls under way. Those beyond wait in
 * order; there are never more of them than runs in memory. Used from one context only.
 */
final class CalledService {
  private final Channel channel;
  private final Duration deadline;
  private final int maxUnderWay;
  private final Breaker breaker;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int underWay;

  CalledService(
      String name, Channel channel, Duration deadline, int maxUnderWay, Breaker.Settings settings) {
    this.channel = channel;
    this.deadline = deadline;
    this.maxUnderWay = maxUnderWay;
    this.breaker = new Breaker(name, settings);
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

  <T> Future<T> call(Supplier<Future<T>> call) {
    Promise<T> answer = Promise.promise();
    waiting.add(() ->
        breaker
            .call(() -> attempt(call), Statuses::faultOf)
            .onComplete(result -> {
              underWay--;
              answer.handle(result);
              next();
            }));
    next();
    return answer.future();
  }

  private static <T> Future<T> attempt(Supplier<Future<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  private void next() {
    while (underWay < maxUnderWay && !waiting.isEmpty()) {
      underWay++;
      waiting.remove().run();
    }
  }
}
