// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.Change.Began;
import dev.omnibridge.reducer.fold.Change.Finished;
import dev.omnibridge.reducer.fold.Change.Lasted;
import dev.omnibridge.reducer.fold.Change.Nothing;
import dev.omnibridge.reducer.fold.Change.Refused;
import dev.omnibridge.reducer.fold.Change.Resized;
import dev.omnibridge.reducer.fold.Change.Stepped;

/**
 * The sums of a namespace.
 *
 * @param started workflows that began
 * @param cancelled workflows that ended cancelled or terminated
 * @param steps steps with a recorded outcome
 * @param degraded those of them that went on with a fallback
 * @param stamps stamped files, each once
 * @param bytes size of the stamped files, each once
 * @param events events folded in
 * @param anomalies events that did not fit their stream
 * @param timed workflows whose time from start to end is known
 * @param millis all those times together, in milliseconds
 */
public record Counters(
    long started,
    long completed,
    long failed,
    long cancelled,
    long steps,
    long degraded,
    long stamps,
    long bytes,
    long events,
    long anomalies,
    long timed,
    long millis) {

  /** Nothing yet. */
  public static final Counters ZERO = new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Workflows that ended, however they did. */
  public long ended() {
    return completed + failed + cancelled;
  }

  /** Workflows that are not finished. */
  public long active() {
    return started - ended();
  }

  Counters plus(Change change) {
    Counters one = of(change);
    return new Counters(
        started + one.started,
        completed + one.completed,
        failed + one.failed,
        cancelled + one.cancelled,
        steps + one.steps,
        degraded + one.degraded,
        stamps + one.stamps,
        bytes + one.bytes,
        events + 1,
        anomalies + one.anomalies,
        timed + one.timed,
        millis + one.millis);
  }

  private static Counters of(Change change) {
    return switch (change) {
      case Began _ -> new Counters(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      case Finished(Phase outcome) -> finished(outcome);
      case Lasted(var time) -> new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, time.toMillis());
      case Stepped(boolean marked) -> new Counters(0, 0, 0, 0, 1, marked ? 1 : 0, 0, 0, 0, 0, 0, 0);
      case Added(long size, String _) -> new Counters(0, 0, 0, 0, 0, 0, 1, size, 0, 0, 0, 0);
      case Resized(long difference) -> new Counters(0, 0, 0, 0, 0, 0, 0, difference, 0, 0, 0, 0);
      case Refused _ -> new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0);
      case Nothing _ -> ZERO;
    };
  }

  private static Counters finished(Phase outcome) {
    return switch (outcome) {
      case COMPLETED -> new Counters(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      case FAILED -> new Counters(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      case CANCELLED, TERMINATED -> new Counters(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
      case ABSENT, PENDING, RUNNING, WAITING, PAUSED -> ZERO;
    };
  }
}
