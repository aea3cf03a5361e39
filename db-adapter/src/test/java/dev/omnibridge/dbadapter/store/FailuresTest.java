// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class FailuresTest {
  @ParameterizedTest
  @CsvSource({
    "23505, DUPLICATE",
    "40001, RACE",
    "40P01, RACE",
    "55P03, RACE",
    "08000, AWAY",
    "08003, AWAY",
    "08006, AWAY",
    "53100, AWAY",
    "53200, AWAY",
    "53300, AWAY",
    "53400, AWAY",
    "57014, AWAY",
    "57P01, AWAY",
    "57P02, AWAY",
    "57P03, AWAY",
    "57P05, AWAY",
    "58030, AWAY",
    "25006, AWAY",
    "25P03, AWAY",
    "25P04, AWAY",
    "40003, AWAY",
    "22001, REJECTED",
    "23514, REJECTED",
    "25P02, REJECTED",
    "42601, REJECTED",
    "XX000, REJECTED"
  })
  void shouldTellFromTheStateWhetherToWait(String state, Failures meaning) {
    assertThat(Failures.of(new PgException("no", "ERROR", state, null))).isEqualTo(meaning);
  }

  @ParameterizedTest
  @CsvSource({"FATAL, XX000", "FATAL, 57P01", "FATAL, 55000", "PANIC, XX000"})
  void shouldCallWhatEndsTheSessionNoRefusalOfTheStatement(String severity, String state) {
    var gone = new PgException("no", severity, state, null);

    assertThat(Failures.of(gone)).isEqualTo(Failures.AWAY);
    assertThat(Failures.isCertain(gone)).isFalse();
    var toldOtherwise = new ServerErrorMessage("S" + severity + "\0C" + state + "\0Mno\0");
    assertThat(Failures.of(new PSQLException(toldOtherwise))).isEqualTo(Failures.AWAY);
  }

  private static PSQLException refused(String state, String more) {
    return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0Mno\0" + more));
  }

  @ParameterizedTest
  @CsvSource({
    "22001, '', true",
    "22021, '', true",
    "23502, '', true",
    "23514, 'nrule', true",
    "23503, 'nrule', true",
    "54000, '', true",
    "P0001, '', true",
    // No partition for the row: that is so for every row.
    "23514, '', false",
    "23505, 'nrule', false",
    "42501, '', false",
    "42P01, '', false",
    "53100, '', false",
    "57P01, '', false",
    "XX002, '', false"
  })
  void shouldGiveARecordUpOnlyForWhatIsItsOwnFault(String state, String more, boolean poison) {
    assertThat(Failures.isPoison(refused(state, more))).isEqualTo(poison);
  }

  @Test
  void shouldTellOfAFullDiskWhicheverDriverHearsOfIt() {
    for (Throwable full :
        List.of(new PgException("no", "ERROR", "53100", null), refused("53100", ""))) {
      assertThat(Failures.away(full).reason()).isEqualTo("DISK_FULL");
      assertThat(Failures.away(new IllegalStateException(full)).reason()).isEqualTo("DISK_FULL");
    }
    assertThat(Failures.away(refused("55P03", "")).reason()).isEqualTo("LANE_HELD");
    assertThat(Failures.away(refused("57P01", "")).reason()).isEqualTo("DATABASE_AWAY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COPY events, line 17 | 17",
        "COPY events, line 3, column body: \"COPY x, line 9\" | 3",
        "COPY events, Zeile 4 | 4",
        "PL/pgSQL function rule() line 4 at RAISE | 0",
        "'' | 0"
      })
  void shouldFindTheLineThatTheServerNames(String where, int line) {
    assertThat(Failures.line(refused("23514", "W" + where + "\0"))).isEqualTo(line);
  }
}
