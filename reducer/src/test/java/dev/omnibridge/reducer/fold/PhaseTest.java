// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PhaseTest {
  /** One line per phase, one column per next phase, in the order of the enum: x is a legal move. */
  private static final List<String> LEGAL =
      List.of(
          "ABSENT     . x . . . . . . .",
          "PENDING    . . x x x . x x x",
          "RUNNING    . . . x x x x x x",
          "WAITING    . . x . x x x x x",
          "PAUSED     . . x x . x x x x",
          "COMPLETED  . . . . . . . . .",
          "FAILED     . . . . . . . . .",
          "CANCELLED  . . . . . . . . .",
          "TERMINATED . . . . . . . . .");

  @Test
  void shouldAllowExactlyTheMovesOfTheTable() {
    assertThat(Arrays.stream(Phase.values()).map(PhaseTest::line)).isEqualTo(LEGAL);
  }

  private static String line(Phase from) {
    String marks =
        Arrays.stream(Phase.values())
            .map(to -> from.mayBecome(to) ? "x" : ".")
            .collect(Collectors.joining(" "));
    return "%-10s %s".formatted(from, marks);
  }

  @Test
  void shouldKnowTheNamesOfAllStatesAndTheOlderOneOfRunning() {
    for (Phase phase : Phase.values()) {
      assertThat(Phase.named(phase.name())).isEqualTo(phase);
      assertThat(Phase.named(phase.name().toLowerCase(java.util.Locale.ROOT))).isEqualTo(phase);
    }
    assertThat(Phase.named("PROCESSING")).isEqualTo(Phase.RUNNING);
    assertThat(Phase.named("nonsense")).isEqualTo(Phase.ABSENT);
  }

  @Test
  void shouldGoAroundTheCommitCycle() {
    assertThat(BridgePhase.IDLE.mayBecome(BridgePhase.ACTIVE)).isTrue();
    assertThat(BridgePhase.ACTIVE.mayBecome(BridgePhase.AGGREGATING)).isTrue();
    assertThat(BridgePhase.AGGREGATING.mayBecome(BridgePhase.PERSISTING)).isTrue();
    assertThat(BridgePhase.PERSISTING.mayBecome(BridgePhase.IDLE)).isTrue();
    assertThat(BridgePhase.IDLE.mayBecome(BridgePhase.PERSISTING)).isFalse();
    assertThat(BridgePhase.PERSISTING.mayBecome(BridgePhase.AGGREGATING)).isFalse();
  }
}
