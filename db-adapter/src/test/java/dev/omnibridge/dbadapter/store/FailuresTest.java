// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
