// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.Fault;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a caller is told of a database that takes nothing, and whether anything may be written. */
class AwayTest {
  private static PgException refused(String severity, String state) {
    return new PgException("no", severity, state, null);
  }

  @ParameterizedTest
  @CsvSource({
    "53100, DISK_FULL, EXHAUSTED",
    "55P03, LANE_HELD, UNAVAILABLE",
    "57P01, DATABASE_AWAY, UNAVAILABLE",
    "57014, DATABASE_AWAY, UNAVAILABLE"
  })
  void shouldSayWhatIsKnown(String state, String reason, Fault.Kind kind) {
    Fault fault = Failures.away(refused("ERROR", state));
    assertThat(fault.reason()).isEqualTo(reason);
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.kind().worthRetrying()).isTrue();
  }

  @Test
  void shouldBeCertainOnlyWhereTheServerRefusedAndLivesOn() {
    assertThat(Failures.isCertain(refused("ERROR", "53100"))).isTrue();
    assertThat(Failures.isCertain(refused("PANIC", "53100"))).isFalse();
    assertThat(Failures.isCertain(refused("FATAL", "57P01"))).isFalse();
    assertThat(Failures.isCertain(ClosedConnectionException.INSTANCE)).isFalse();
  }
}
