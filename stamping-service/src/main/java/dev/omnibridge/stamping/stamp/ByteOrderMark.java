// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.util.Arrays;

/** The three bytes that some editors write before a UTF-8 text; a stamp stands behind them. */
final class ByteOrderMark {
  static final byte[] BYTES = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private ByteOrderMark() {}

  /**
   * How many bytes the marks take at the start of a text or line; files that were joined repeat
   * them.
   */
  static int length(byte[] text) {
    int length = 0;
    while (length + BYTES.length <= text.length
        && Arrays.equals(BYTES, 0, BYTES.length, text, length, length + BYTES.length)) {
      length += BYTES.length;
    }
    return length;
  }
}
