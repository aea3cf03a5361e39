// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells whether bytes that come in pieces are well-formed UTF-8 (RFC 3629) without NUL. */
final class Utf8Check {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long LOW_BITS = 0x0101010101010101L;

  private boolean valid = true;
  private boolean nul;

  /** Continuation bytes that must still come, and the range of the next one. */
  private int missing;

  private int low;
  private int high;

  /** Takes in the next bytes; false from the first byte on that cannot be text. */
  boolean accepts(byte[] bytes, int from, int to) {
    for (int i = from; valid && i < to; i++) {
      if (missing > 0) {
        follow(bytes[i] & 0xFF);
      } else {
        i = skipAscii(bytes, i, to);
        if (i < to) {
          lead(bytes[i] & 0xFF);
        }
      }
    }
    return valid;
  }

  /** True when what rules text out is a NUL. */
  boolean sawNul() {
    return nul;
  }

  /** True when the bytes so far are text and no character is cut off at their end. */
  boolean complete() {
    return valid && missing == 0;
  }

  private static int skipAscii(byte[] bytes, int from, int to) {
    int i = from;
    while (i + Long.BYTES <= to && isAsciiWithoutNul((long) EIGHT.get(bytes, i))) {
      i += Long.BYTES;
    }
    while (i < to && bytes[i] > 0) {
      i++;
    }
    return i;
  }

  /** A borrow out of a byte that is zero sets its high bit. */
  private static boolean isAsciiWithoutNul(long eight) {
    return ((eight | (eight - LOW_BITS)) & HIGH_BITS) == 0;
  }

  private void follow(int b) {
    valid = b >= low && b <= high;
    nul = b == 0;
    missing--;
    low = 0x80;
    high = 0xBF;
  }

  /** A lead byte; its range for the second byte shuts out long forms, surrogates and the beyond. */
  private void lead(int b) {
    missing = b >= 0xF0 ? 3 : b >= 0xE0 ? 2 : 1;
    low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    valid = b >= 0xC2 && b <= 0xF4;
    nul = b == 0;
  }
}
