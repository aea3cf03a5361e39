// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrialsTest {
  private long now = Long.MAX_VALUE - 7;
  private final Trials trials = new Trials(now);

  @Test
  void shouldTryAgainHoweverOftenItFailedButEverMoreSeldom() {
    long pause = Trials.FIRST_PAUSE.toNanos();
    for (int failures = 0; failures < 100; failures++) {
      assertThat(trials.begin(now)).isTrue();
      assertThat(trials.begin(now)).as("while one is under way").isFalse();
      trials.failed(now);
      assertThat(trials.begin(now + pause - 1)).isFalse();
      now += pause;
      pause = Math.min(2 * pause, Trials.LONGEST_PAUSE.toNanos());
    }
  }

  @Test
  void shouldNotTryAgainWhatSucceeded() {
    assertThat(trials.begin(now)).isTrue();

    assertThat(trials.begin(now + Trials.LONGEST_PAUSE.toNanos())).isFalse();
  }
}
