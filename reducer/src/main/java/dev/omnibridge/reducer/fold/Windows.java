// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.Change.Finished;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Counts by time of the event, in windows that overlap: with 5 s every 4 s, an event is in one or
 * in two of them. Windows that ended long enough before the newest event are gone; because that is
 * decided by the newest event alone, the order in which events come does not matter.
 */
public record Windows(Shape shape, NavigableMap<Instant, Count> counts) {

  /** How long a window is, how often one starts, and how long it is kept after its end. */
  public record Shape(Duration length, Duration every, Duration kept) {
    /** 5 s every 4 s, kept for a minute. */
    public static final Shape STANDARD =
        new Shape(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofMinutes(1));

    /** No state has more windows than so many. */
    public long most() {
      return kept.plus(length).dividedBy(every) + 1;
    }
  }

  /** What happened in one window. */
  public record Count(long events, long stamps, long ended) {
    Count plus(Change change) {
      return new Count(
          events + 1,
          stamps + (change instanceof Added ? 1 : 0),
          ended + (change instanceof Finished ? 1 : 0));
    }
  }

  private static final Count NOTHING = new Count(0, 0, 0);

  public Windows {
    counts = Collections.unmodifiableNavigableMap(new TreeMap<>(counts));
  }

  /** No windows yet. */
  public static Windows empty(Shape shape) {
    return new Windows(shape, new TreeMap<>());
  }

  /** With these events counted, as seen when the newest event of all happened at that time. */
  Windows after(List<Tally> tallies, Instant newest) {
    var next = new TreeMap<>(counts);
    for (Tally tally : tallies) {
      count(next, tally);
    }
    next.headMap(newest.minus(shape.kept()).minus(shape.length()), true).clear();
    return new Windows(shape, next);
  }

  private void count(NavigableMap<Instant, Count> next, Tally tally) {
    long every = shape.every().toMillis();
    long at = tally.at().toEpochMilli();
    long start = Math.floorDiv(at, every) * every;
    while (start + shape.length().toMillis() > at) {
      next.merge(
          Instant.ofEpochMilli(start),
          NOTHING.plus(tally.change()),
          (before, _) -> before.plus(tally.change()));
      start -= every;
    }
  }
}
