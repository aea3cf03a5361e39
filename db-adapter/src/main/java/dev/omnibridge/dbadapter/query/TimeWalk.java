// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk through a range of time in slices, from its start or from its end. The index on time knows
 * only which pages of the table hold about which times, so what lies in a slice has to be looked at
 * as a whole and sorted: slices are as wide as makes them hold a few thousand events, however many
 * the range holds.
 *
 * @param since the range begins here, inclusive
 * @param until the range ends here, exclusive; null for no end
 * @param oldestFirst the direction
 * @param now when the walk began; without an end, the last slice of time begins about here
 * @param at where the walk stands: what is before it has been seen
 * @param width of the next slice, in microseconds
 */
public record TimeWalk(
    OffsetDateTime since,
    @Nullable OffsetDateTime until,
    boolean oldestFirst,
    OffsetDateTime now,
    Place at,
    long width) {
  /** A slice with more events than this is made narrower before it is read. */
  public static final int MOST_IN_SLICE = 20_000;

  private static final int FEW_IN_SLICE = MOST_IN_SLICE / 16;
  private static final int FACTOR = 8;
  private static final long FIRST_WIDTH = 60_000_000;
  private static final long WIDEST = 8_000L * 366 * 86_400 * 1_000_000;

  /** Behind every time that an event can have. */
  private static final OffsetDateTime END = OffsetDateTime.parse("+10000-01-01T00:00:00Z");

  /**
   * A place between two events, by time, lane and position. Lane -1 is before all of that time.
   *
   * @param time null for behind every event
   */
  public record Place(@Nullable OffsetDateTime time, int lane, long position) {
    static Place of(@Nullable OffsetDateTime time) {
      return new Place(time, -1, 0);
    }
  }

  /** From one time to another, the end exclusive unless the walk stands on it; null: no end. */
  public record Slice(OffsetDateTime from, @Nullable OffsetDateTime to) {}

  /** At its beginning. */
  public static TimeWalk begin(
      OffsetDateTime since,
      @Nullable OffsetDateTime until,
      boolean oldestFirst,
      OffsetDateTime now) {
    return new TimeWalk(
        since, until, oldestFirst, now, Place.of(oldestFirst ? since : until), FIRST_WIDTH);
  }

  /** True when nothing is left of the range. */
  public boolean ended() {
    if (oldestFirst) {
      return at.time() == null || until != null && !at.time().isBefore(until);
    }
    return at.time() != null
        && (at.time().isBefore(since) || at.time().equals(since) && at.lane() < 0);
  }

  /** The next slice; the place of the walk may lie in it, on its first or its last moment. */
  public Slice next() {
    if (oldestFirst) {
      OffsetDateTime from = at.time() == null ? since : at.time();
      OffsetDateTime to = from.plus(width, ChronoUnit.MICROS);
      if (until == null) {
        return new Slice(from, to.isAfter(now) ? null : to);
      }
      return new Slice(from, to.isBefore(until) ? to : until);
    }
    OffsetDateTime from = at.time() == null ? now : at.time().minus(width, ChronoUnit.MICROS);
    return new Slice(from.isBefore(since) ? since : from, at.time());
  }

  /** True when a slice that holds so many events, or more, should be narrower. */
  public boolean tooWide(int seen) {
    return seen > MOST_IN_SLICE && (width > 1 || isAhead());
  }

  /** In the first slice from the end: what is later than now, commonly next to nothing. */
  private boolean isAhead() {
    return !oldestFirst && at.time() == null;
  }

  /** What is later than now has no bound, so it gets one before it can be made narrower. */
  public TimeWalk narrower() {
    return isAhead() ? with(Place.of(END), WIDEST) : with(at, Math.max(1, width / FACTOR));
  }

  /** Behind a slice that held so many events. */
  public TimeWalk behind(Slice slice, int seen) {
    boolean wider = seen < FEW_IN_SLICE && !isAhead();
    long next = wider ? Math.min(WIDEST, width * FACTOR) : width;
    return with(Place.of(oldestFirst ? slice.to() : slice.from()), next);
  }

  /** Behind an event. */
  public TimeWalk behind(OffsetDateTime occurredAt, int lane, long position) {
    return with(new Place(occurredAt, lane, position), width);
  }

  private TimeWalk with(Place place, long nextWidth) {
    return new TimeWalk(since, until, oldestFirst, now, place, nextWidth);
  }

  /** What a page token has to hold of it, besides the question. */
  public List<String> place() {
    return List.of(
        at.time() == null ? "" : at.time().toString(),
        Integer.toString(at.lane()),
        Long.toString(at.position()),
        Long.toString(width),
        now.toString());
  }

  /** Where a page token left off. */
  public static TimeWalk resume(
      OffsetDateTime since,
      @Nullable OffsetDateTime until,
      boolean oldestFirst,
      List<String> place) {
    String time = place.get(0);
    return new TimeWalk(
        since,
        until,
        oldestFirst,
        OffsetDateTime.parse(place.get(4)),
        new Place(
            time.isEmpty() ? null : OffsetDateTime.parse(time),
            Integer.parseInt(place.get(1)),
            Long.parseLong(place.get(2))),
        Long.parseLong(place.get(3)));
  }
}
