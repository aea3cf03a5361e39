// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * What one pass over the bytes tells about their encoding.
 *
 * @param sequences well-formed sequences of two to four bytes
 * @param firstMalformed offset of the first byte that UTF-8 does not allow, -1 without one
 * @param highBytes bytes above ASCII
 * @param c1Bytes bytes from 0x80 to 0x9F outside well-formed sequences
 * @param controls control bytes that texts do not hold
 * @param end where to stop reading: before a last sequence that was cut
 */
record Utf8Scan(
    int sequences,
    int malformed,
    int firstMalformed,
    int highBytes,
    int c1Bytes,
    int controls,
    int zeros,
    int end) {

  static Utf8Scan of(byte[] b, boolean cut) {
    return new Pass(b, cut).run();
  }

  private static final class Pass {
    private final byte[] b;
    private final boolean cut;
    private int sequences;
    private int malformed;
    private int firstMalformed = -1;
    private int highBytes;
    private int c1Bytes;
    private int controls;
    private int zeros;
    private int end;

    Pass(byte[] b, boolean cut) {
      this.b = b;
      this.cut = cut;
      this.end = b.length;
    }

    Utf8Scan run() {
      for (int i = 0; i < b.length; ) {
        int lead = b[i] & 0xFF;
        i += lead < 0x80 ? ascii(lead) : sequence(i, lead);
      }
      return new Utf8Scan(
          sequences, malformed, firstMalformed, highBytes, c1Bytes, controls, zeros, end);
    }

    private int ascii(int c) {
      if (c == 0) {
        zeros++;
      }
      boolean usual = c >= 0x20 && c != 0x7F || c >= 0x08 && c <= 0x0D || c == 0x1B;
      controls += usual ? 0 : 1;
      return 1;
    }

    private int sequence(int at, int lead) {
      int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
      int good = lead < 0xC2 || lead > 0xF4 ? 0 : continuation(at, lead, length);
      if (good == length) {
        sequences++;
        highBytes += length;
        return length;
      }
      if (cut && good > 0 && at + good == b.length) {
        end = at;
        highBytes += good;
        return good;
      }
      malformed++;
      firstMalformed = firstMalformed < 0 ? at : firstMalformed;
      highBytes++;
      c1Bytes += lead < 0xA0 ? 1 : 0;
      return 1;
    }

    /** How many bytes from {@code at} on are well-formed, at most {@code length}. */
    private int continuation(int at, int lead, int length) {
      int good = 1;
      while (good < length && at + good < b.length && fits(lead, good, b[at + good] & 0xFF)) {
        good++;
      }
      return good;
    }

    /** Overlong forms, surrogates and values past U+10FFFF show in the second byte. */
    private static boolean fits(int lead, int index, int value) {
      int low = index > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      int high = index > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      return value >= low && value <= high;
    }
  }
}
