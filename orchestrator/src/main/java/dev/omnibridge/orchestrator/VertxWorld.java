// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.orchestrator.run.EventLog;
import dev.omnibridge.orchestrator.run.World;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The world as it is: Vert.x timers and context. */
final class VertxWorld {
  private VertxWorld() {}

  static World of(
      Vertx vertx,
      Context context,
      Clock clock,
      RandomGenerator random,
      EventLog log,
      World.Membership membership,
      World.Tasks tasks) {
    return new World(
        clock::instant,
        (delay, action) -> timer(vertx, delay, action),
        new ContextTurns(context),
        random,
        membership,
        log,
        tasks);
  }

  private static World.Timer timer(Vertx vertx, Duration delay, Runnable action) {
    long id = vertx.setTimer(Math.max(1, delay.toMillis()), _ -> action.run());
    return () -> vertx.cancelTimer(id);
  }

  private record ContextTurns(Context context) implements World.Turns {
    @Override
    public void next(Runnable action) {
      context.runOnContext(_ -> action.run());
    }

    @Override
    public <T> CompletionStage<T> aside(Supplier<T> computation) {
      return context.executeBlocking(computation::get, false).toCompletionStage();
    }
  }
}
