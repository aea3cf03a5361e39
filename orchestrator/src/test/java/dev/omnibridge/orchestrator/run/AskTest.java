// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.runtime.Fault;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a client may be told that nothing was appended. */
class AskTest {
  private static final Fault AWAY = Fault.unavailable("DATABASE_AWAY", "It is away.", null);
  private static final Fault NOT_TRIED = AWAY.with(Fault.TRIED, false);
  private static final Fault OPEN = Fault.unavailable("CIRCUIT_OPEN", "It is away.", null);

  private static final Fault NOT_SENT =
      Fault.unavailable("GRPC_UNAVAILABLE", "Nobody is there.", null).with(Fault.SENT, false);

  private final Ask ask = new Ask(new Command.Cancel("enough", Instant.EPOCH), null);

  private boolean surely(Fault... faults) {
    for (Fault fault : faults) {
      ask.heard(fault);
    }
    return ask.surelyNotAppended(faults[faults.length - 1]);
  }

  @Test
  void shouldBeSureWhereTheLogWasNotAskedOrDidNotTry() {
    assertThat(surely(OPEN, NOT_TRIED)).isTrue();
  }

  @Test
  void shouldNotBeSureOfWhatTheLogMayHaveTried() {
    assertThat(surely(AWAY)).isFalse();
  }

  @Test
  void shouldTryOneMoreTimeWhatWasNotSentAndBeSureWhenTheLogIsNotCalledAnyMore() {
    assertThat(surely(NOT_SENT)).isFalse();
    assertThat(surely(NOT_SENT, OPEN)).isTrue();
  }

  @Test
  void shouldNotBeSureAfterATryWhoseOutcomeIsUnknown() {
    assertThat(surely(AWAY, NOT_TRIED)).isFalse();
    assertThat(surely(AWAY, OPEN)).isFalse();
  }
}
