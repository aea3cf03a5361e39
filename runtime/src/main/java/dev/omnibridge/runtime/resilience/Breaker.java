// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.resilience;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.metrics.Metrics;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker around calls to one dependency: opens on consecutive failures, fails fast while
 * open, and probes after a while; any failure while half-open opens it again. Only failures that
 * speak of the dependency count: a refused request does not, and a cancelled one says nothing. For
 * any thread.
 */
public final class Breaker {

  /** Whether calls are let through: all, a few that find out, or none. */
  public enum State {
    CLOSED,
    HALF_OPEN,
    OPEN
  }

  /**
   * How a breaker behaves.
   *
   * @param failures consecutive failures that open it
   * @param openFor time until it probes
   * @param successes successes while half-open that close it, and the calls let through until then
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

  /**
   * Every call has a limit of its own, which is shorter: a probe that is never heard of is lost.
   */
  private static final Duration PROBE_LIMIT = Duration.ofMinutes(1);

  private final CircuitBreaker circuit;
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong openings = new AtomicLong();

  /** Counts the changes of state, so that a call is known to be from before the last one. */
  private final AtomicLong turns = new AtomicLong();

  public Breaker(String dependency, Settings settings) {
    this(dependency, settings, Clock.systemUTC());
  }

  /** By a clock of the caller's. */
  public Breaker(String dependency, Settings settings, Clock clock) {
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
                .maxWaitDurationInHalfOpenState(PROBE_LIMIT)
                .clock(clock)
                .writableStackTraceEnabled(false)
                .build());
    circuit.getEventPublisher().onStateTransition(change -> turned(change.getStateTransition()));
  }

  private void turned(CircuitBreaker.StateTransition change) {
    long unused = turns.incrementAndGet();
    if (change.getToState() == CircuitBreaker.State.OPEN) {
      unused = openings.incrementAndGet();
    }
  }

  /** Calls through the breaker; while it is open, fails at once with UNAVAILABLE (CIRCUIT_OPEN). */
  public <R> Future<R> call(Supplier<Future<R>> call, Function<Throwable, Fault> faults) {
    if (!circuit.tryAcquirePermission()) {
      long unused = refusals.incrementAndGet();
      return Future.failedFuture(
          Fault.unavailable(
              "CIRCUIT_OPEN",
              dependency() + " failed repeatedly and is not called for now.",
              null));
    }
    long turn = turns.get();
    long began = circuit.getCurrentTimestamp();
    return made(call)
        .andThen(
            (_, failure) -> settled(turn, began, failure == null ? null : faults.apply(failure)));
  }

  /** A call that throws before it is under way has failed like any other; its permission ends. */
  private static <R> Future<R> made(Supplier<Future<R>> call) {
    try {
      return call.get();
    } catch (RuntimeException | Error failure) {
      return Future.failedFuture(failure);
    }
  }

  /** A failure counts also when its call is from before; a success from then tells nothing. */
  private void settled(long turn, long began, @Nullable Fault fault) {
    boolean current = turn == turns.get();
    long took = circuit.getCurrentTimestamp() - began;
    if (fault != null && fault.kind() == Fault.Kind.CANCELLED) {
      if (current) {
        circuit.releasePermission();
      }
    } else if (fault != null && blames(fault)) {
      failed(took, fault);
    } else if (current) {
      circuit.onSuccess(took, circuit.getTimestampUnit());
    }
  }

  /** The library goes by a rate, and would close after two successes and a failure. */
  private void failed(long took, Fault fault) {
    if (circuit.getState() == CircuitBreaker.State.HALF_OPEN) {
      circuit.transitionToOpenState();
    } else {
      circuit.onError(took, circuit.getTimestampUnit(), fault);
    }
  }

  /** Whether a fault speaks of the dependency itself. */
  private static boolean blames(Fault fault) {
    return switch (fault.kind()) {
      case UNAVAILABLE, TIMEOUT, EXHAUSTED, BROKEN -> true;
      case INVALID, NOT_FOUND, EXISTS, REFUSED, CONFLICT, OUT_OF_RANGE, CANCELLED -> false;
    };
  }

  /** What it is called around. */
  public String dependency() {
    return circuit.getName();
  }

  /** Its state; an open one becomes half-open by the first call after its time. */
  public State state() {
    return switch (circuit.getState()) {
      case HALF_OPEN -> State.HALF_OPEN;
      case OPEN, FORCED_OPEN -> State.OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
    };
  }

  /** True while every call is let through. */
  public boolean closed() {
    return state() == State.CLOSED;
  }

  /** True from the failure that opened it until a call is let through again. */
  public boolean open() {
    return state() == State.OPEN;
  }

  /** Tells its state and what it did as metrics; the caller names who calls the dependency. */
  public Breaker measured(Metrics metrics, String caller) {
    String[] labels = {"dependency", dependency(), "caller", caller};
    var unused =
        metrics.gauge(
            "omnibridge_breaker_state",
            "0 lets calls through, 1 finds out, 2 refuses them.",
            () -> state().ordinal(),
            labels);
    metrics.count("omnibridge_breaker_opened", "Times it opened.", openings, labels);
    metrics.count(
        "omnibridge_breaker_refused", "Calls not made while it was open.", refusals, labels);
    return this;
  }
}
