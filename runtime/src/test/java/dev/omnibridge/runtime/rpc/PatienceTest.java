// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a client may take for a message. */
class PatienceTest {
  private static final int MIB = 1024 * 1024;

  /** In seconds, for a client that has sent so many bytes after each second. */
  private static int patience(int bytes, IntUnaryOperator sent) {
    var patience = new Patience(bytes);
    int second = 1;
    while (!patience.endsWith(sent.applyAsInt(second))) {
      second++;
    }
    return second;
  }

  @Test
  void shouldEndWithTenSecondsWithoutAByte() {
    assertThat(patience(MIB, _ -> 0)).isEqualTo(11);
    assertThat(patience(MIB, second -> second <= 5 ? second : 5)).isEqualTo(15);
  }

  @Test
  void shouldEndWithAClientThatSendsByteByByte() {
    assertThat(patience(MIB, second -> second / 9)).isEqualTo(30 + 128);
  }

  /** One of three uploads over 300 kbit/s, and one of all that a line of 80 kbit/s has. */
  @ParameterizedTest
  @CsvSource({"12500, 65536", "12500, 1048576", "10000, 4194304"})
  void shouldLastAsLongAsAMessageTakesOverASlowLine(int perSecond, int bytes) {
    int needed = 1 + bytes / perSecond;
    assertThat(patience(bytes, second -> second * perSecond)).isGreaterThan(needed);
  }
}
