// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final int PAIRS = FaultKind.values().length * Target.values().length;

  private static List<Schedule> many(Duration length) {
    return LongStream.range(0, 300).mapToObj(seed -> Schedule.of(seed, length)).toList();
  }

  private static long pairs(Schedule schedule) {
    return schedule.faults().stream()
        .map(fault -> List.of(fault.kind(), fault.target()))
        .distinct()
        .count();
  }

  @Test
  void shouldBeTheSameForTheSameSeedAndAnotherForAnother() {
    assertThat(Schedule.of(42, MINUTE)).isEqualTo(Schedule.of(42, MINUTE));
    assertThat(Schedule.of(42, MINUTE).faults()).isNotEqualTo(Schedule.of(43, MINUTE).faults());
  }

  @Test
  void shouldLetEveryKindMeetEveryTargetWithinAMinuteOrMore() {
    assertThat(many(MINUTE))
        .allSatisfy(schedule -> {
          assertThat(pairs(schedule)).isEqualTo(PAIRS);
          assertThat(schedule.faults()).hasSize(PAIRS);
        });
    assertThat(many(MINUTE.multipliedBy(2)))
        .allSatisfy(schedule -> {
          assertThat(pairs(schedule)).isEqualTo(PAIRS);
          assertThat(schedule.faults()).hasSize(2 * PAIRS);
        });
  }

  @Test
  void shouldBeOverWithinItsLength() {
    for (int seconds : List.of(5, 20, 60, 120, 600)) {
      Duration length = Duration.ofSeconds(seconds);
      assertThat(Schedule.of(7, length).faults())
          .isNotEmpty()
          .isSortedAccordingTo(Comparator.comparing(Fault::at))
          .allMatch(fault -> fault.end().compareTo(length) <= 0);
    }
  }

  @Test
  void shouldLeaveATargetAloneUntilItCanBeBack() {
    for (Schedule schedule : many(MINUTE)) {
      for (Target target : Target.values()) {
        var on = schedule.faults().stream().filter(fault -> fault.target() == target).toList();
        for (int i = 1; i < on.size(); i++) {
          assertThat(on.get(i).at()).isGreaterThanOrEqualTo(on.get(i - 1).over());
        }
      }
    }
  }

  @Test
  void shouldEndEveryFaultWithinItsWave() {
    for (Schedule schedule : many(MINUTE)) {
      assertThat(schedule.waves()).hasSizeBetween(2, 3);
      assertThat(schedule.waves().stream().mapToInt(List::size).sum())
          .isEqualTo(schedule.faults().size());
      for (List<Fault> wave : schedule.waves()) {
        assertThat(wave).isNotEmpty().allMatch(fault -> fault.end().compareTo(Schedule.WAVE) <= 0);
      }
    }
  }

  @Test
  void shouldOverlapFaultsButNotMoreThanThree() {
    int most = 0;
    for (Schedule schedule : many(MINUTE)) {
      for (Fault one : schedule.faults()) {
        long there =
            schedule.faults().stream()
                .filter(other -> other.at().compareTo(one.at()) <= 0)
                .filter(other -> other.end().compareTo(one.at()) > 0)
                .count();
        most = Math.max(most, (int) there);
      }
    }
    assertThat(most).isEqualTo(Schedule.MOST_AT_ONCE);
  }

  @Test
  void shouldCountItsFaults() {
    Schedule schedule = Schedule.of(1, MINUTE);
    assertThat(schedule.byKind()).containsEntry(FaultKind.KILL, Target.values().length);
    assertThat(schedule.byTarget()).containsEntry(Target.BROKER, FaultKind.values().length);
  }
}
