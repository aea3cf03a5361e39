// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final Fault AWAY = Fault.unavailable("AWAY", "It is away.", null);

  private final Breaker breaker =
      new Breaker("it", new Breaker.Settings(5, Duration.ofMillis(20), 3));
  private final AtomicInteger reached = new AtomicInteger();

  private Future<String> call(Future<String> outcome) {
    return breaker.call(
        () -> {
          reached.incrementAndGet();
          return outcome;
        },
        Statuses::faultOf);
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(call(Future.failedFuture(AWAY)).failed()).isTrue();
    }
  }

  private void succeed(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(call(Future.succeededFuture("")).succeeded()).isTrue();
    }
  }

  @Test
  void shouldOpenOnTheFifthConsecutiveFailureAndThenFailWithoutCalling() {
    fail(4);
    assertThat(breaker.open()).isFalse();
    fail(1);
    assertThat(breaker.open()).isTrue();
    Future<String> refused = call(Future.succeededFuture(""));
    assertThat(((Fault) refused.cause()).reason()).isEqualTo("CIRCUIT_OPEN");
    assertThat(reached).hasValue(5);
  }

  @Test
  void shouldStartCountingAnewAfterASuccess() {
    fail(4);
    succeed(1);
    fail(4);
    assertThat(breaker.open()).isFalse();
  }

  @Test
  void shouldNotBlameTheDependencyForARefusedRequest() {
    for (int i = 0; i < 10; i++) {
      assertThat(call(Future.failedFuture(Fault.invalid("WRONG", "It is wrong."))).failed())
          .isTrue();
    }
    assertThat(breaker.open()).isFalse();
  }

  private void breakDown(RuntimeException how, int times) {
    for (int i = 0; i < times; i++) {
      Future<String> broken =
          breaker.call(
              () -> {
                reached.incrementAndGet();
                throw how;
              },
              Statuses::faultOf);
      assertThat(broken.cause()).isSameAs(how);
    }
  }

  @Test
  void shouldCountACallThatThrowsAsAFailureAndGiveItAsAFailedFuture() {
    breakDown(new IllegalStateException("It is broken."), 5);
    assertThat(breaker.open()).isTrue();
    assertThat(reached).hasValue(5);
  }

  @Test
  void shouldTakeBackThePermissionOfACallThatThrowsWhileHalfOpen() {
    fail(5);
    probe();
    breakDown(Fault.invalid("WRONG", "It is wrong."), 2);
    assertThat(call(Future.succeededFuture("")).succeeded()).isTrue();
    assertThat(breaker.open()).isFalse();
  }

  @Test
  void shouldLearnNothingFromACancelledCall() {
    fail(4);
    Fault cancelled = Fault.of(Fault.Kind.CANCELLED, "GONE", "The caller has gone.");
    assertThat(call(Future.failedFuture(cancelled)).failed()).isTrue();
    fail(1);
    assertThat(breaker.open()).isTrue();
  }

  @Test
  void shouldFailWithWhatWasThrownEvenIfItIsAnError() {
    Future<String> broken =
        breaker.call(
            () -> {
              throw new StackOverflowError();
            },
            Statuses::faultOf);
    assertThat(broken.cause()).isInstanceOf(StackOverflowError.class);
  }

  @Test
  void shouldOpenAgainOnAnyFailureWhileHalfOpen() {
    fail(5);
    probe();
    fail(1);
    assertThat(breaker.open()).isTrue();
  }

  @Test
  void shouldCloseAfterThreeSuccessesWhileHalfOpen() {
    fail(5);
    probe();
    succeed(2);
    fail(4);
    assertThat(breaker.open()).isFalse();
  }

  private void probe() {
    await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> call(Future.succeededFuture("")).succeeded());
  }
}
