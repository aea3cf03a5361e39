// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.event.LogEpochs.Start;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogEpochsTest {
  private static final LogEpochs TWICE_RESTORED =
      new LogEpochs(
          List.of(
              new Start(1_000, 0, 50),
              new Start(1_000, 1, 7),
              new Start(2_000, 0, 40),
              new Start(2_000, 1, 9)));

  @Test
  void shouldBeInTheFirstEpochUntilTheFirstRestore() {
    assertThat(LogEpochs.FIRST.current()).isEqualTo(1);
    assertThat(LogEpochs.FIRST.of(3, 17)).isEqualTo(1);
    assertThat(LogEpochs.FIRST.abandoned(1, 3, 17)).isFalse();
  }

  @Test
  void shouldKnowTheEpochOfEveryPosition() {
    assertThat(TWICE_RESTORED.current()).isEqualTo(2_000);
    assertThat(TWICE_RESTORED.of(0, 39)).isEqualTo(1);
    assertThat(TWICE_RESTORED.of(0, 40)).isEqualTo(2_000);
    assertThat(TWICE_RESTORED.of(1, 6)).isEqualTo(1);
    assertThat(TWICE_RESTORED.of(1, 8)).isEqualTo(1_000);
    assertThat(TWICE_RESTORED.of(1, 9)).isEqualTo(2_000);
  }

  @Test
  void shouldCallAbandonedWhatALaterEpochHasBegunOver() {
    assertThat(TWICE_RESTORED.abandoned(1, 0, 39)).isFalse();
    assertThat(TWICE_RESTORED.abandoned(1, 0, 45)).isTrue();
    assertThat(TWICE_RESTORED.abandoned(1_000, 0, 60)).isTrue();
    assertThat(TWICE_RESTORED.abandoned(1_000, 1, 8)).isFalse();
    assertThat(TWICE_RESTORED.abandoned(1_000, 1, 9)).isTrue();
    assertThat(TWICE_RESTORED.abandoned(2_000, 1, 9)).isFalse();
  }
}
