// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Looks through a file, eight bytes at a time, for whatever the rule for text might change. It may
 * take a plain text for another one, never the other way round.
 */
final class PlainScan {
  /** What a file turned out to be. */
  enum Kind {
    /** It has a NUL. */
    BINARY,
    /** It is no UTF-8. */
    NOT_UTF8,
    /** Text, of which the rule changes nothing but the white space at its end. */
    PLAIN,
    /** Anything else, perhaps not text further on. */
    OTHER
  }

  private static final ValueLayout.OfLong EIGHT =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long CR = '\r' * LOW_BITS;
  private static final long LF = '\n' * LOW_BITS;

  /** Every mark of a stamp holds one of these words. */
  private static final String[] WORDS = {"ONEX", "OmniNode"};

  private static final long O = 'O' * LOW_BITS;

  private final MemorySegment file;
  private final long size;
  private long at;

  private PlainScan(MemorySegment file) {
    this.file = file;
    this.size = file.byteSize();
  }

  static Kind of(MemorySegment file) {
    if (file.byteSize() > 0 && isBlank(file.get(ValueLayout.JAVA_BYTE, 0))) {
      return Kind.OTHER;
    }
    return new PlainScan(file).run();
  }

  /** Where the white space at the end begins. */
  static long endOfText(MemorySegment file) {
    long end = file.byteSize();
    while (end > 0 && isBlank(file.get(ValueLayout.JAVA_BYTE, end - 1))) {
      end--;
    }
    return end;
  }

  private Kind run() {
    while (at < size) {
      skipWhatIsPlain();
      // Not much: the eight bytes that were not skipped, or the last ones.
      long stop = Math.min(size, at + Long.BYTES);
      while (at < stop) {
        Kind kind = character();
        if (kind != Kind.PLAIN) {
          return kind;
        }
      }
    }
    return Kind.PLAIN;
  }

  /** Goes on while eight bytes are ASCII, with no CR, no O, and no two newlines in a row. */
  private void skipWhatIsPlain() {
    long i = at;
    long newlineBefore = i > 0 && byteAt(i - 1) == '\n' ? 0x80 : 0;
    for (; i + Long.BYTES <= size; i += Long.BYTES) {
      long eight = file.get(EIGHT, i);
      long newlines = zeroBytes(eight ^ LF);
      long pairs = newlines & (newlines << 8 | newlineBefore);
      // Of a byte that is zero, or has the high bit, a borrow sets the high bit.
      long odd = eight | eight - LOW_BITS | (eight ^ CR) - LOW_BITS & ~(eight ^ CR);
      long capital = (eight ^ O) - LOW_BITS & ~(eight ^ O);
      if (((odd | capital) & HIGH_BITS | pairs) != 0) {
        break;
      }
      newlineBefore = newlines >>> 56;
    }
    at = i;
  }

  /** The high bit of exactly the bytes that are zero. */
  private static long zeroBytes(long eight) {
    return ~((eight & ~HIGH_BITS) + ~HIGH_BITS | eight) & HIGH_BITS;
  }

  /** Looks at one character and goes behind it. */
  private Kind character() {
    int b = byteAt(at);
    if (b < 0) {
      return sequence(b & 0xFF);
    }
    at++;
    return switch (b) {
      case 0 -> Kind.BINARY;
      case '\r' -> Kind.OTHER;
      case '\n' ->
          at >= 3 && byteAt(at - 2) == '\n' && byteAt(at - 3) == '\n' ? Kind.OTHER : Kind.PLAIN;
      case 'O' -> isWord() ? Kind.OTHER : Kind.PLAIN;
      default -> Kind.PLAIN;
    };
  }

  private boolean isWord() {
    for (String word : WORDS) {
      int same = 1;
      while (same < word.length()
          && at - 1 + same < size
          && byteAt(at - 1 + same) == word.charAt(same)) {
        same++;
      }
      if (same == word.length()) {
        return true;
      }
    }
    return false;
  }

  /** Goes behind a sequence of more than one byte, if it is well-formed UTF-8 (RFC 3629). */
  private Kind sequence(int lead) {
    int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead < 0xC2 || lead > 0xF4) {
      return Kind.NOT_UTF8;
    }
    for (int i = 1; i < length; i++) {
      int next = at + i < size ? byteAt(at + i) & 0xFF : -1;
      if (next < low || next > high) {
        return next == 0 ? Kind.BINARY : Kind.NOT_UTF8;
      }
      low = 0x80;
      high = 0xBF;
    }
    at += length;
    return Kind.PLAIN;
  }

  private byte byteAt(long index) {
    return file.get(ValueLayout.JAVA_BYTE, index);
  }

  /** Space, HT, LF, VT, FF or CR. */
  private static boolean isBlank(byte b) {
    return b == ' ' || b >= '\t' && b <= '\r';
  }
}
