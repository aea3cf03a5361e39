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

  /**
   * The processes that share the work, as this one sees them at this moment. It only decides who
   * tries: the log's version check decides who succeeds, so views that differ cost work twice done.
   */
  public interface Membership {
    /** The shards that this process works on. */
    Set<Integer> shards();

    /** Runs the action after every change of the shards. A hint: they are looked at besides. */
    void onChange(Runnable action);

    /** Tells the process that a run belongs to that it has moved. A hint: it looks besides. */
    void wake(RunKey key, long version);
  }

  /** The runners of calls by the name of the function. */
  public interface Tasks {
    /** Whether there is a runner for a function. */
    boolean knows(String function);

    /** The runner for a function that is known. */
    TaskRunner runner(String function);
  }
}
