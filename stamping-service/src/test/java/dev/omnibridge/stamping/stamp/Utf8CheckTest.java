// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import org.junit.jupiter.api.Test;

/** The decoder of the JDK decides what is UTF-8. */
class Utf8CheckTest {
  private static final int[] EDGES = {
    0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
  };

  @Test
  void shouldAgreeWithTheDecoderOnEveryTwoBytes() {
    for (int pair = 0; pair < 0x10000; pair++) {
      assertAgrees(pair >> 8, pair & 0xFF);
    }
  }

  @Test
  void shouldAgreeWithTheDecoderOnLongerSequences() {
    for (int a : EDGES) {
      for (int b : EDGES) {
        for (int c : EDGES) {
          for (int d : EDGES) {
            assertAgrees(a, b, c, d);
          }
        }
      }
    }
  }

  @Test
  void shouldFindABadByteAnywhereInAscii() {
    for (int at = 0; at < 40; at++) {
      for (int bad : new int[] {0x00, 0x80, 0xFF}) {
        byte[] bytes = "x".repeat(40).getBytes(UTF_8);
        bytes[at] = (byte) bad;
        assertThat(new Utf8Check().accepts(bytes, 0, 40)).as("%d at %d", bad, at).isFalse();
      }
    }
  }

  private static void assertAgrees(int... values) {
    byte[] bytes = new byte[values.length];
    boolean noNul = true;
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
      noNul &= values[i] != 0;
    }
    var whole = new Utf8Check();
    var pieces = new Utf8Check();
    whole.accepts(bytes, 0, bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      pieces.accepts(bytes, i, i + 1);
    }
    boolean expected = noNul && decodes(bytes);
    if (whole.complete() != expected || pieces.complete() != expected) {
      assertThat(expected).as(java.util.Arrays.toString(values)).isEqualTo(whole.complete());
      assertThat(expected).as(java.util.Arrays.toString(values)).isEqualTo(pieces.complete());
    }
  }

  private static boolean decodes(byte[] bytes) {
    var result = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), CharBuffer.allocate(8), true);
    return result.isUnderflow();
  }
}
