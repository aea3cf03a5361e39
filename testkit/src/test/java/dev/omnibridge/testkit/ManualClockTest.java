// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class ManualClockTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void shouldStandStillUntilItIsMoved() {
    var clock = ManualClock.at(NOON);
    var elsewhere = clock.withZone(ZoneId.of("Asia/Tokyo"));
    assertThat(clock.instant()).isEqualTo(NOON);
    clock.advance(Duration.ofMinutes(5));
    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(300));
    assertThat(elsewhere.instant()).isEqualTo(clock.instant());
    clock.set(NOON);
    assertThat(clock.millis()).isEqualTo(NOON.toEpochMilli());
  }
}
