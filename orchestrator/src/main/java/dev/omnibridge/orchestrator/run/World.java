// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Everything the shell takes from outside.
 *
 * @param log where runs are kept
 * @param tasks who makes the calls
 */
public record World(
    Clock clock,
    Timers timers,
    Turns turns,
    RandomGenerator random,
    Membership membership,
    EventLog log,
    Tasks tasks) {

  /** The time that goes into events; durations are for {@link Timers}. */
  public interface Clock {
    Instant now();
  }

  /** Runs something once, later. */
  public interface Timers {
    Timer after(Duration delay, Runnable action);
  }

  /** A timer that has not run yet. */
  public interface Timer {
    void cancel();
  }

  /** When and where work goes on. */
  public interface Turns {
    /** Runs something on the shell's context, after what runs there now. */
    void next(Runnable action);

    /** Computes something long elsewhere; the stage completes on the shell's context. */
    <T> CompletionStage<T> aside(Supplier<T> computation);
  }

  /** Which shards this process tries to work on; the log's version check decides who succeeds. */
  public interface Membership {
    Set<Integer> shards();
  }

  /** The runners of calls by the name of the function. */
  public interface Tasks {
    /** Whether there is a runner for a function. */
    boolean knows(String function);

    /** The runner for a function that is known. */
    TaskRunner runner(String function);
  }
}
