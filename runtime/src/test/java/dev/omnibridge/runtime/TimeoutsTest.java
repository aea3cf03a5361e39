// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A wait with a limit never leaves the context of whoever waits. */
class TimeoutsTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** How a wait ended, and on which context that was heard. */
  private record Heard(@Nullable Throwable failure, @Nullable Context on) {}

  private Heard waiting(Duration limit, Supplier<Future<?>> made) throws Exception {
    var heard = new CompletableFuture<Heard>();
    context.runOnContext(_ ->
        Timeouts.within(limit, made.get().mapEmpty())
            .onComplete(
                (_, failure) -> heard.complete(new Heard(failure, Vertx.currentContext()))));
    return heard.get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldFailOnTheCallersContextWhateverTheFutureIsMadeOf() throws Exception {
    List<Supplier<Future<?>>> endless =
        List.of(
            () -> Promise.promise().future(),
            () -> Future.join(Promise.promise().future(), Future.succeededFuture()),
            () -> Future.succeededFuture().compose(_ -> Promise.promise().future()),
            () -> Future.fromCompletionStage(new CompletableFuture<>()));
    for (var made : endless) {
      Heard heard = waiting(SHORT, made);
      assertThat(heard.failure()).isInstanceOf(TimeoutException.class);
      assertThat(heard.on()).isSameAs(context);
    }
  }

  @Test
  void shouldCompleteOnTheCallersContextWhenAnotherThreadCompletes() throws Exception {
    var elsewhere = new CompletableFuture<String>();
    Heard heard =
        waiting(
            Duration.ofSeconds(10),
            () -> {
              Thread.ofVirtual().start(() -> elsewhere.complete("done"));
              return Future.fromCompletionStage(elsewhere);
            });
    assertThat(heard.failure()).isNull();
    assertThat(heard.on()).isSameAs(context);
  }

  @Test
  void shouldFailWithTheFailureThatCameInTime() throws Exception {
    var trouble = new IllegalStateException("trouble");
    assertThat(waiting(Duration.ofSeconds(10), () -> Future.failedFuture(trouble)))
        .isEqualTo(new Heard(trouble, context));
  }

  @Test
  void shouldWaitWithoutAContextToo() {
    Future<Void> limited = Timeouts.within(SHORT, Promise.<Void>promise().future());
    assertThat(limited.transform(done -> Future.succeededFuture(done.cause())).await())
        .isInstanceOf(TimeoutException.class);
  }
}
