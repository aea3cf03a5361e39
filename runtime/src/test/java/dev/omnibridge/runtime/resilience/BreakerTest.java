// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.resilience.Breaker.State;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final Fault AWAY = Fault.unavailable("AWAY", "It is away.", null);

  private static final Duration OPEN = Duration.ofMillis(500);
  private static final int ROUNDS = 3_000;
  private static final long SPIN_NANOS = 100_000;

  private final ManualTime time = new ManualTime();
  private final Breaker breaker = new Breaker("it", new Breaker.Settings(5, OPEN, 3), time);
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
  void shouldTellHowLongItRefusesEveryCall() {
    assertThat(breaker.refusing()).isZero();
    fail(5);
    assertThat(breaker.refusing()).isEqualTo(OPEN);
    pass(OPEN.minusMillis(1));
    assertThat(breaker.refusing()).isEqualTo(Duration.ofMillis(1));
    pass(Duration.ofMillis(1));
    assertThat(breaker.refusing()).isZero();
    pass(Duration.ofMillis(1));
    fail(1);
    assertThat(breaker.refusing()).as("after a probe that failed").isEqualTo(OPEN);
  }

  /** Five of 61 s are no reason to call nobody any more. */
  @Test
  void shouldNotBlameTheDependencyForSuccessesThatTakeLong() {
    for (int i = 0; i < 10; i++) {
      Promise<String> slow = Promise.promise();
      Future<String> call = call(slow.future());
      pass(Duration.ofSeconds(61));
      slow.complete("");
      assertThat(call.succeeded()).isTrue();
    }
    assertThat(breaker.closed()).isTrue();
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

  /** A probe that is not counted would keep it half-open, and everybody out, for a minute. */
  @Test
  void shouldCountEveryProbeWhenTwoThreadsFindItsTimeOverAtOnce() throws Exception {
    var begun = new AtomicInteger();
    var ended = new AtomicInteger();
    var other =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              for (int round = 1; round <= ROUNDS; round++) {
                spinUntil(begun, round);
                probeTwice();
                ended.set(round);
              }
            });
    for (int round = 1; round <= ROUNDS; round++) {
      fail(5);
      time.now = time.now.plus(OPEN).plusMillis(1);
      begun.set(round);
      probeTwice();
      spinUntil(ended, round);
      succeed(3);
      assertThat(breaker.state()).as("after round %d", round).isEqualTo(State.CLOSED);
    }
    other.join();
  }

  /**
   * Where there is no processor for both threads, each would spin until it is taken off its own.
   */
  private static void spinUntil(AtomicInteger count, int reached) {
    long began = System.nanoTime();
    long end = began + TimeUnit.SECONDS.toNanos(10);
    while (count.get() < reached && System.nanoTime() - end < 0) {
      if (System.nanoTime() - began < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** What is refused meanwhile does not matter. */
  private void probeTwice() {
    var unused = call(Future.succeededFuture(""));
    unused = call(Future.succeededFuture(""));
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

  /** The time is over after which it lets a call through, which succeeds. */
  private void probe() {
    pass(OPEN.plusNanos(1));
    succeed(1);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  private void pass(Duration time) {
    this.time.now = this.time.now.plus(time);
  }

  private Future<String> held(Promise<String> answer) {
    return call(answer.future());
  }

  @Test
  void shouldNotProbeBeforeItsTime() {
    fail(5);
    pass(OPEN);
    assertThat(call(Future.succeededFuture("")).failed()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(call(Future.succeededFuture("")).succeeded()).isTrue();
  }

  @Test
  void shouldCloseOnTheThirdSuccessAndNotBefore() {
    fail(5);
    probe();
    succeed(1);
    assertThat(breaker.closed()).isFalse();
    succeed(1);
    assertThat(breaker.closed()).isTrue();
  }

  @Test
  void shouldOpenAgainOnAFailureAfterTwoSuccesses() {
    fail(5);
    probe();
    succeed(1);
    fail(1);
    assertThat(breaker.open()).isTrue();
    assertThat(call(Future.succeededFuture("")).failed()).isTrue();
  }

  @Test
  void shouldOpenAgainByTheFailureOfACallFromBefore() {
    var late = Promise.<String>promise();
    var call = held(late);
    fail(5);
    probe();
    late.fail(AWAY);
    assertThat(call.failed()).isTrue();
    assertThat(breaker.open()).isTrue();
  }

  @Test
  void shouldNotCloseByTheSuccessOfACallFromBefore() {
    var late = Promise.<String>promise();
    var call = held(late);
    fail(5);
    probe();
    succeed(1);
    late.complete("");
    assertThat(call.succeeded()).isTrue();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void shouldLetOneProbeThroughAtATime() {
    fail(5);
    pass(OPEN.plusNanos(1));
    reached.set(0);
    var first = Promise.<String>promise();
    var probe = held(first);
    for (int i = 0; i < 10; i++) {
      assertThat(held(Promise.promise()).failed()).isTrue();
    }
    assertThat(reached).hasValue(1);
    first.complete("");
    assertThat(probe.succeeded()).isTrue();
    var unused = held(Promise.promise());
    assertThat(held(Promise.promise()).failed()).isTrue();
    assertThat(reached).hasValue(2);
  }

  @Test
  void shouldTakeAProbeThatIsNeverHeardOfForAFailure() {
    fail(5);
    pass(OPEN.plusNanos(1));
    var unused = held(Promise.promise());
    pass(Duration.ofMinutes(1));
    assertThat(held(Promise.promise()).failed()).isTrue();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    pass(Duration.ofNanos(1));
    assertThat(held(Promise.promise()).failed()).isTrue();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    pass(OPEN.plusNanos(1));
    succeed(3);
    assertThat(breaker.closed()).isTrue();
  }

  @Test
  void shouldEndAProbeWhoseFailureCannotBeTold() {
    fail(5);
    pass(OPEN.plusNanos(1));
    Future<String> probe =
        breaker.call(
            () -> Future.failedFuture(AWAY),
            _ -> {
              throw new IllegalStateException("no fault");
            });
    assertThat(probe.failed()).isTrue();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void shouldProbeAgainAtOnceWhenAProbeTellsNothing() {
    fail(5);
    pass(OPEN.plusNanos(1));
    Fault cancelled = Fault.of(Fault.Kind.CANCELLED, "GONE", "The caller has gone.");
    assertThat(call(Future.failedFuture(cancelled)).failed()).isTrue();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    succeed(3);
    assertThat(breaker.closed()).isTrue();
  }

  @Test
  void shouldFailWithinTenMillisecondsWhileOpen() {
    fail(5);
    long began = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      assertThat(call(Future.succeededFuture("")).failed()).isTrue();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began).dividedBy(1_000))
        .isLessThan(Duration.ofMillis(10));
  }

  @Test
  void shouldTellWhatItDoesAsMetrics() {
    try (var metrics = new Metrics()) {
      breaker.measured(metrics, "test");
      fail(5);
      assertThat(call(Future.succeededFuture("")).failed()).isTrue();
      assertThat(metrics.scrape())
          .contains("omnibridge_breaker_state{caller=\"test\",dependency=\"it\"} 2.0")
          .contains("omnibridge_breaker_opened_total{caller=\"test\",dependency=\"it\"} 1.0")
          .contains("omnibridge_breaker_failed_total{caller=\"test\",dependency=\"it\"} 5.0")
          .contains("omnibridge_breaker_refused_total{caller=\"test\",dependency=\"it\"} 1.0");
    }
  }

  /** A clock that is moved by hand. */
  private static final class ManualTime extends Clock {
    private volatile Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
