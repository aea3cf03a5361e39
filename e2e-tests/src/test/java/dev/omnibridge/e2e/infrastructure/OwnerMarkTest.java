// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnerMarkTest {
  private static final Instant MADE = Instant.parse("2026-11-21T12:00:00Z");
  private static final Map<String, String> LABELS = new OwnerMark("here", 4711).labels();

  private static boolean isLeftOver(Instant ownerStarted) {
    return OwnerMark.isLeftOver(LABELS, MADE, _ -> Optional.of(ownerStarted));
  }

  @Test
  void shouldBeLeftOverWhenItsProcessIsGone() {
    assertThat(OwnerMark.isLeftOver(LABELS, MADE, _ -> Optional.empty())).isTrue();
  }

  @Test
  void shouldBeLeftOverWhenItsProcessIdBelongsToALaterProcess() {
    assertThat(isLeftOver(MADE.plusSeconds(120))).isTrue();
  }

  @Test
  void shouldBeLeftAloneWhileItsProcessLives() {
    assertThat(isLeftOver(MADE.minusSeconds(5))).isFalse();
    assertThat(isLeftOver(MADE.plusSeconds(5))).as("a clock that was set").isFalse();
    assertThat(isLeftOver(Instant.MIN)).as("a system that does not say").isFalse();
  }

  @Test
  void shouldBeLeftAloneWithoutAMark() {
    assertThat(OwnerMark.isLeftOver(Map.of(), MADE, _ -> Optional.empty())).isFalse();
  }

  @Test
  void shouldKnowThisProcess() {
    assertThat(OwnerMark.startOf(OwnerMark.own().pid())).isPresent();
  }
}
