// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Rounds rounds = new Rounds(nanos::get, Duration.ofSeconds(10));
  private final AtomicInteger begun = new AtomicInteger();

  /** Takes a second, and finds something so many times. */
  private Supplier<Future<Boolean>> findingSomething(int times) {
    return () -> {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      return Future.succeededFuture(begun.incrementAndGet() <= times);
    };
  }

  @Test
  void shouldGoOnUntilNothingIsLeft() {
    assertThat(rounds.repeat(findingSomething(3)).succeeded()).isTrue();
    assertThat(begun).hasValue(4);
  }

  @Test
  void shouldEndWhenTheTimeIsOverThoughMoreIsLeft() {
    assertThat(rounds.repeat(findingSomething(1000)).succeeded()).isTrue();
    assertThat(begun).hasValue(11);
  }

  @Test
  void shouldBeginNoRoundOnceStopped() {
    Promise<Boolean> round = Promise.promise();
    var all =
        rounds.repeat(() -> {
          begun.incrementAndGet();
          return round.future();
        });
    rounds.stop();
    assertThat(all.isComplete()).isFalse();
    round.complete(true);
    assertThat(all.succeeded()).isTrue();
    assertThat(begun).hasValue(1);
  }

  @Test
  void shouldFailWithTheRoundThatFailsOrThrows() {
    var failure = new IllegalStateException("no");
    assertThat(rounds.repeat(() -> Future.failedFuture(failure)).cause()).isSameAs(failure);
    assertThat(
            rounds
                .repeat(() -> {
                  if (begun.incrementAndGet() == 3) {
                    throw failure;
                  }
                  return Future.succeededFuture(true);
                })
                .cause())
        .isSameAs(failure);
  }
}
