// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Actions that wait for a place, and what becomes of it. */
class GateTest {
  private final Gate gate = new Gate(2);

  private static CompletionStage<String> broken() {
    throw new IllegalStateException("broken");
  }

  @Test
  void shouldGiveBackThePlaceOfAnActionThatThrows() {
    for (int i = 0; i < 5; i++) {
      assertThat(gate.pass(GateTest::broken))
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withRootCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(gate.pass(() -> CompletableFuture.completedStage("ok"))).isCompletedWithValue("ok");
  }
}
