// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.resilience;

import dev.omnibridge.runtime.Fault;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker around calls to one dependency: opens on consecutive failures, fails fast while
 * open, and probes after a while; any failure while half-open opens it again. Only failures that
 * speak of the dependency count: a refused request does not, and a cancelled one says nothing.
 */
public final class Breaker {

  /**
   * How a breaker behaves.
   *
   * @param failures consecutive failures that open it
   * @param openFor time until it probes
   * @param successes successes while half-open that close it
   */
  public record Settings(int failures, Duration openFor, int successes) {
    /** Opens on the 5th consecutive failure, probes after 30 s, closes after 3 successes. */
    public static Settings forService() {
      return new Settings(5, Duration.ofSeconds(30), 3);
    }

    /** The same with another time until it probes. */
    public Settings probingAfter(Duration pause) {
      return new Settings(failures, pause, successes);
    }

    /** Opens on the 5th consecutive failure, probes after 500 ms, closes after 3 successes. */
    public static Settings forStore() {
      return new Settings(5, Duration.ofMillis(500), 3);
    }
  }

  private final CircuitBreaker circuit;

  public Breaker(String dependency, Settings settings) {
    this.circuit =
        CircuitBreaker.of(
            dependency,
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.failures())
                .minimumNumberOfCalls(settings.failures())
                .failureRateThreshold(100)
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(settings.successes())
                .writableStackTraceEnabled(false)
                .build());
  }

  /** Calls through the breaker; while it is open, fails at once with UNAVAILABLE (CIRCUIT_OPEN). */
  public <R> Future<R> call(Supplier<Future<R>> call, Function<Throwable, Fault> faults) {
    try {
      circuit.acquirePermission();
    } catch (CallNotPermittedException open) {
      return Future.failedFuture(
          Fault.unavailable(
              "CIRCUIT_OPEN",
              circuit.getName() + " failed repeatedly and is not called for now.",
              null));
    }
    long started = circuit.getCurrentTimestamp();
    return made(call)
        .andThen((result, failure) -> {
          long took = circuit.getCurrentTimestamp() - started;
          record(took, failure == null ? null : faults.apply(failure));
        });
  }

  /** A call that throws before it is under way has failed like any other; its permission ends. */
  private static <R> Future<R> made(Supplier<Future<R>> call) {
    try {
      return call.get();
    } catch (RuntimeException | Error failure) {
      return Future.failedFuture(failure);
    }
  }

  private void record(long took, @Nullable Fault fault) {
    TimeUnit unit = circuit.getTimestampUnit();
    if (fault != null && fault.kind() == Fault.Kind.CANCELLED) {
      circuit.releasePermission();
      return;
    }
    if (fault == null || !blames(fault)) {
      circuit.onSuccess(took, unit);
      return;
    }
    circuit.onError(took, unit, fault);
    if (circuit.getState() == State.HALF_OPEN) {
      circuit.transitionToOpenState();
    }
  }

  /** Whether a fault speaks of the dependency itself. */
  private static boolean blames(Fault fault) {
    return switch (fault.kind()) {
      case UNAVAILABLE, TIMEOUT, EXHAUSTED, BROKEN -> true;
      case INVALID, NOT_FOUND, EXISTS, REFUSED, CONFLICT, OUT_OF_RANGE, CANCELLED -> false;
    };
  }

  /** True while every call is let through. */
  public boolean closed() {
    return circuit.getState() == State.CLOSED;
  }

  /** True while calls are refused. */
  public boolean open() {
    return circuit.getState() == State.OPEN;
  }
}
