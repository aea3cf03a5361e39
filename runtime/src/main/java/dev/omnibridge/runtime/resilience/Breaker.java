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
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker around calls to one dependency: opens on consecutive failures, fails fast while
 * open, and probes after a while, with one call at a time; any failure while half-open opens it
 * again. Only failures that speak of the dependency count: a refused request does not, and a
 * cancelled one says nothing. For any thread.
 */
public final class Breaker {

  /** Whether calls are let through: all, one at a time that finds out, or none. */
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
   * @param successes successes while half-open that close it, one after the other
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

  /** A call that succeeds speaks for the dependency, however long its limit lets it take. */
  private static final Duration NEVER_SLOW = Duration.ofDays(365);

  private final CircuitBreaker circuit;
  private final Duration openFor;
  private final Clock clock;
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong openings = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  /** The call that finds out, while it is half-open and there is one. */
  private @Nullable Call probe;

  /** Until when it lets nothing through, since it opened last. */
  private volatile Instant probesAt = Instant.MIN;

  /** Counts the changes of state, so that a call is known to be from before the last one. */
  private final AtomicLong turns = new AtomicLong();

  /** Its pauses last as long as they should also when somebody sets the clock. */
  public Breaker(String dependency, Settings settings) {
    this(dependency, settings, new SteadyClock());
  }

  /** By a clock of the caller's. */
  public Breaker(String dependency, Settings settings, Clock clock) {
    this.openFor = settings.openFor();
    this.clock = clock;
    this.circuit =
        CircuitBreaker.of(
            dependency,
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.failures())
                .minimumNumberOfCalls(settings.failures())
                .failureRateThreshold(100)
                .slowCallDurationThreshold(NEVER_SLOW)
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(settings.successes())
                .clock(clock)
                .writableStackTraceEnabled(false)
                .build());
    circuit.getEventPublisher().onStateTransition(change -> turned(change.getStateTransition()));
  }

  private void turned(CircuitBreaker.StateTransition change) {
    long unused = turns.incrementAndGet();
    if (change.getToState() == CircuitBreaker.State.OPEN) {
      unused = openings.incrementAndGet();
      probesAt = clock.instant().plus(openFor);
    }
    probe = null;
  }

  /** A call that was let through, and when, by the stopwatch and by the clock. */
  private record Call(long turn, long began, Instant at) {}

  /** Calls through the breaker; while it is open, fails at once with UNAVAILABLE (CIRCUIT_OPEN). */
  public <R> Future<R> call(Supplier<Future<R>> call, Function<Throwable, Fault> faults) {
    Call let = letThrough();
    if (let == null) {
      long unused = refusals.incrementAndGet();
      return Future.failedFuture(refusal());
    }
    return made(call).andThen((_, failure) -> settled(let, told(failure, faults)));
  }

  /** The fault of a call that is not made. */
  public Fault refusal() {
    return Fault.unavailable(
        "CIRCUIT_OPEN", dependency() + " failed repeatedly and is not called for now.", null);
  }

  /**
   * Null when it is not. One at a time with what turns the breaker: the library tells of a turn
   * only after it, and a permission of the new state under the old turn would be lost.
   */
  private synchronized @Nullable Call letThrough() {
    if (!circuit.tryAcquirePermission()) {
      giveUpProbe();
      return null;
    }
    var call = new Call(turns.get(), circuit.getCurrentTimestamp(), clock.instant());
    if (circuit.getState() == CircuitBreaker.State.HALF_OPEN) {
      if (probe != null) {
        circuit.releasePermission();
        giveUpProbe();
        return null;
      }
      probe = call;
    }
    return call;
  }

  /** One that is never heard of has failed. */
  private void giveUpProbe() {
    if (probe != null && clock.instant().isAfter(probe.at.plus(PROBE_LIMIT))) {
      circuit.transitionToOpenState();
    }
  }

  /** Null for a success. */
  private static @Nullable Fault told(
      @Nullable Throwable failure, Function<Throwable, Fault> faults) {
    try {
      return failure == null ? null : faults.apply(failure);
    } catch (RuntimeException bug) {
      return Fault.broken(bug);
    }
  }

  /** A call that throws before it is under way has failed like any other; its permission ends. */
  private static <R> Future<R> made(Supplier<Future<R>> call) {
    try {
      return Objects.requireNonNull(call.get(), "future");
    } catch (RuntimeException | Error failure) {
      return Future.failedFuture(failure);
    }
  }

  /** A failure counts also when its call is from before; a success from then tells nothing. */
  private synchronized void settled(Call call, @Nullable Fault fault) {
    boolean current = call.turn == turns.get();
    long took = circuit.getCurrentTimestamp() - call.began;
    if (fault != null && fault.kind() == Fault.Kind.CANCELLED) {
      if (current) {
        circuit.releasePermission();
      }
    } else if (fault != null && blames(fault)) {
      failed(took, fault);
    } else if (current) {
      circuit.onSuccess(took, circuit.getTimestampUnit());
    }
    if (call.equals(probe)) {
      probe = null;
    }
  }

  /** The library goes by a rate, and would close after two successes and a failure. */
  private void failed(long took, Fault fault) {
    long unused = failures.incrementAndGet();
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

  /** For how long no call is let through for sure; zero when the next one may be. */
  public Duration refusing() {
    Duration left = open() ? Duration.between(clock.instant(), probesAt) : Duration.ZERO;
    return left.isNegative() ? Duration.ZERO : left;
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
        "omnibridge_breaker_failed", "Calls that failed and speak against it.", failures, labels);
    metrics.count(
        "omnibridge_breaker_refused", "Calls not made while it was open.", refusals, labels);
    return this;
  }
}
