// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Every event of a range once and in order, however the events lie in it. */
class TimeWalkTest {
  private static final OffsetDateTime NOW = OffsetDateTime.parse("2026-11-21T12:00:00Z");
  private static final OffsetDateTime EPOCH = OffsetDateTime.parse("1970-01-01T00:00:00Z");

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private int slices;
  private int most;

  private record Event(OffsetDateTime at, int lane, long position) {}

  private static int compare(Event one, Event other) {
    int byTime = one.at().compareTo(other.at());
    int byLane = byTime != 0 ? byTime : Integer.compare(one.lane(), other.lane());
    return byLane != 0 ? byLane : Long.compare(one.position(), other.position());
  }

  /** Walks as the database would, a page at a time, with every page's place through its text. */
  private List<Event> walk(
      List<Event> events,
      OffsetDateTime since,
      @Nullable OffsetDateTime until,
      boolean up,
      int limit) {
    var found = new ArrayList<Event>();
    var walk = TimeWalk.begin(since, until, up, NOW);
    slices = 0;
    most = 0;
    while (!walk.ended()) {
      assertThat(++slices).as("seed %d", seed).isLessThan(10_000);
      walk = TimeWalk.resume(since, until, up, walk.place());
      var slice = walk.next();
      var within = events.stream().filter(event -> isIn(event, slice, up)).toList();
      if (walk.tooWide(within.size())) {
        walk = walk.narrower();
        continue;
      }
      most = Math.max(most, within.size());
      var place = walk.at();
      var page =
          new ArrayList<>(
              within.stream()
                  .filter(event -> isBehind(event, place, up))
                  .sorted(TimeWalkTest::compare)
                  .toList());
      if (!up) {
        Collections.reverse(page);
      }
      if (page.size() > limit) {
        found.addAll(page.subList(0, limit));
        Event last = found.getLast();
        walk = walk.behind(last.at(), last.lane(), last.position());
      } else {
        found.addAll(page);
        walk = walk.behind(slice, within.size());
      }
    }
    return found;
  }

  private static boolean isIn(Event event, TimeWalk.Slice slice, boolean up) {
    OffsetDateTime to = slice.to();
    return !event.at().isBefore(slice.from())
        && (to == null || event.at().isBefore(to) || !up && event.at().equals(to));
  }

  private static boolean isBehind(Event event, TimeWalk.Place place, boolean up) {
    OffsetDateTime time = place.time();
    if (time == null) {
      return true;
    }
    int compared = compare(event, new Event(time, place.lane(), place.position()));
    return up ? compared > 0 : compared < 0;
  }

  @RepeatedTest(20)
  void shouldPassEveryEventOnceInBothDirections() {
    long spread = 1L << random.nextInt(60);
    var events =
        new ArrayList<>(
            IntStream.range(0, 1 + random.nextInt(2_000))
                .mapToObj(i -> new Event(time(spread), random.nextInt(4), i))
                .toList());
    events.sort(TimeWalkTest::compare);
    var since = events.get(random.nextInt(events.size())).at();
    OffsetDateTime until = random.nextBoolean() ? null : time(spread);
    var expected =
        events.stream()
            .filter(event -> !event.at().isBefore(since))
            .filter(event -> until == null || event.at().isBefore(until))
            .toList();
    int limit = 1 + random.nextInt(500);
    assertThat(walk(events, since, until, true, limit)).as("seed %d", seed).isEqualTo(expected);
    assertThat(walk(events, since, until, false, limit))
        .as("seed %d", seed)
        .isEqualTo(expected.reversed());
  }

  private OffsetDateTime time(long spread) {
    return NOW.plus(random.nextLong(spread) - spread / 3, ChronoUnit.MICROS);
  }

  @Test
  void shouldMakeSlicesNarrowWhereEventsAreMany() {
    var events =
        IntStream.range(0, 100_000)
            .mapToObj(i -> new Event(NOW.minusDays(9).plusNanos(i * 10_000L), 0, i))
            .toList();
    assertThat(walk(events, EPOCH, null, true, 1_000)).hasSize(100_000);
    assertThat(slices).isLessThan(200);
  }

  @Test
  void shouldMakeSlicesNarrowWhereEventsAreLaterThanNow() {
    var events =
        IntStream.range(0, 60_000)
            .mapToObj(i -> new Event(NOW.plusDays(40).plusNanos(i * 1_000_000L), 0, i))
            .toList();
    assertThat(walk(events, EPOCH, null, false, 1_000)).isEqualTo(events.reversed());
    assertThat(most).isLessThanOrEqualTo(TimeWalk.MOST_IN_SLICE);
    assertThat(slices).isLessThan(1_000);
  }

  @Test
  void shouldComeToAnEndOnManyEventsOfOneMoment() {
    var events = IntStream.range(0, 30_000).mapToObj(i -> new Event(NOW, 0, i)).toList();
    assertThat(walk(events, EPOCH, null, false, 1_000)).hasSize(30_000);
    assertThat(walk(events, EPOCH, NOW.plusDays(1), true, 1_000)).hasSize(30_000);
  }

  @Test
  void shouldReachTheEpochInAFewSlices() {
    assertThat(walk(List.of(), EPOCH, null, true, 100)).isEmpty();
    assertThat(slices).isLessThan(15);
    assertThat(walk(List.of(), EPOCH, null, false, 100)).isEmpty();
    assertThat(slices).isLessThan(15);
  }
}
