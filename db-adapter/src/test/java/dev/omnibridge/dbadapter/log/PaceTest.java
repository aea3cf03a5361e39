// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  private final Pace pace = new Pace(50);

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 99, 100, 1000})
  void shouldLetGoNoMoreThanATenthAboveTheRateInAnySecond(int perSecond) {
    List<Long> times = new ArrayList<>();
    long now = 0;
    while (now < 5 * SECOND) {
      if (pace.pause(now) == 0) {
        int together = pace.together(perSecond);
        pace.went(now, together, perSecond);
        for (int i = 0; i < together; i++) {
          times.add(now);
        }
      }
      now += Math.max(1_000_000, pace.pause(now));
    }
    assertThat(times).hasSizeGreaterThanOrEqualTo(perSecond * 5 * 9 / 10);
    for (long from : times) {
      assertThat(times.stream().filter(time -> time >= from && time < from + SECOND).count())
          .isLessThanOrEqualTo(Math.max(1, perSecond + perSecond / 10));
    }
  }

  @Test
  void shouldNotMakeUpForATimeWithoutWork() {
    pace.went(0, 10, 100);
    assertThat(pace.pause(60 * SECOND)).isZero();
    pace.went(60 * SECOND, pace.together(100), 100);
    assertThat(pace.pause(60 * SECOND)).isEqualTo(SECOND / 10);
  }

  @Test
  void shouldKeepTogetherNoMoreThanItMay() {
    assertThat(pace.together(1)).isOne();
    assertThat(pace.together(1000)).isEqualTo(50);
  }
}
