// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

/** Compares bytes with their lower-case hexadecimal text, eight digits at once. */
final class HexText {
  private HexText() {}

  /** Whether {@code count} bytes, a multiple of four, stand as a text from {@code text} on. */
  static boolean is(byte[] bytes, int text, int value, int count) {
    long differing = 0;
    for (int i = 0; i < count; i += Integer.BYTES) {
      differing |= (long) StampTuple.LONG.get(bytes, text + 2 * i) ^ digits(bytes, value + i);
    }
    return differing == 0;
  }

  /** Whether 16 bytes stand as a UUID, with its dashes, from {@code text} on. */
  static boolean isUuid(byte[] bytes, int text, int value) {
    long middle = digits(bytes, value + 4);
    long next = digits(bytes, value + 8);
    long differing = (long) StampTuple.LONG.get(bytes, text) ^ digits(bytes, value);
    differing |= (int) StampTuple.INT.get(bytes, text + 9) ^ (int) (middle >>> 32);
    differing |= (int) StampTuple.INT.get(bytes, text + 14) ^ (int) middle;
    differing |= (int) StampTuple.INT.get(bytes, text + 19) ^ (int) (next >>> 32);
    differing |= (int) StampTuple.INT.get(bytes, text + 24) ^ (int) next;
    differing |= (long) StampTuple.LONG.get(bytes, text + 28) ^ digits(bytes, value + 12);
    differing |= (bytes[text + 8] ^ '-') | (bytes[text + 13] ^ '-');
    differing |= (bytes[text + 18] ^ '-') | (bytes[text + 23] ^ '-');
    return differing == 0;
  }

  /** The digits of four bytes: spread over eight, a nibble each; letters lie 39 behind digits. */
  private static long digits(byte[] bytes, int at) {
    long x = (int) StampTuple.INT.get(bytes, at) & 0xFFFF_FFFFL;
    x = (x | x << 16) & 0x0000_FFFF_0000_FFFFL;
    x = (x | x << 8) & 0x00FF_00FF_00FF_00FFL;
    x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
    long letters = ((x + 0x0606_0606_0606_0606L) >>> 4) & 0x0101_0101_0101_0101L;
    return x + 0x3030_3030_3030_3030L + 39 * letters;
  }
}
