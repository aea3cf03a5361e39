// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A text and the encoding it was read with; {@link #from} is null for bytes that are no text. */
record Decoded(Encoding encoding, String text) {
  /** More control bytes than one in this many is binary. */
  private static final int CONTROL_RATIO = 50;

  /** Western text in one byte per letter has fewer accents than this share, in percent. */
  private static final int LATIN_HIGH_PERCENT = 30;

  /** UTF-8 may be called damaged UTF-8 when it has this many good sequences for a bad one. */
  private static final int GOOD_PER_BAD = 10;

  private static final int UTF16_WINDOW = 4096;

  static @Nullable Decoded from(byte[] bytes, boolean cut) {
    Decoded marked = byMark(bytes);
    if (marked != null) {
      return marked;
    }
    Decoded wide = byZeros(bytes);
    return wide != null ? wide : byBytes(bytes, cut);
  }

  private static @Nullable Decoded byMark(byte[] b) {
    if (startsWith(b, 0xEF, 0xBB, 0xBF)) {
      Utf8Scan scan = Utf8Scan.of(b, false);
      return read(b, 3, b.length, StandardCharsets.UTF_8, scan.malformed(), "byte order mark");
    }
    if (startsWith(b, 0xFF, 0xFE, 0, 0)) {
      return read(b, 4, b.length, Charset.forName("UTF-32LE"), 0, "byte order mark");
    }
    if (startsWith(b, 0, 0, 0xFE, 0xFF)) {
      return read(b, 4, b.length, Charset.forName("UTF-32BE"), 0, "byte order mark");
    }
    if (startsWith(b, 0xFF, 0xFE)) {
      return read(b, 2, evenEnd(b), StandardCharsets.UTF_16LE, 0, "byte order mark");
    }
    return startsWith(b, 0xFE, 0xFF)
        ? read(b, 2, evenEnd(b), StandardCharsets.UTF_16BE, 0, "byte order mark")
        : null;
  }

  /** Latin text in UTF-16 without a mark has a zero in nearly every second byte, on one side. */
  private static @Nullable Decoded byZeros(byte[] b) {
    int pairs = Math.min(b.length, UTF16_WINDOW) / 2;
    int high = 0;
    int low = 0;
    for (int i = 0; i < pairs; i++) {
      high += b[2 * i] == 0 ? 1 : 0;
      low += b[2 * i + 1] == 0 ? 1 : 0;
    }
    int many = pairs * 7 / 10;
    int few = pairs / 20;
    if (pairs < 4 || (high <= many && low <= many) || Math.min(high, low) > few) {
      return null;
    }
    Charset charset = high > low ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
    String reason = "a zero in %d of the first %d pairs of bytes, always on one side";
    return read(b, 0, evenEnd(b), charset, 0, reason.formatted(Math.max(high, low), pairs));
  }

  private static @Nullable Decoded byBytes(byte[] b, boolean cut) {
    Utf8Scan scan = Utf8Scan.of(b, cut);
    if (scan.zeros() > 0 || (long) scan.controls() * CONTROL_RATIO > b.length) {
      return null;
    }
    if (scan.malformed() == 0) {
      String reason =
          scan.sequences() == 0
              ? "only ASCII bytes"
              : scan.sequences() + " sequences of several bytes, all well-formed";
      return read(b, 0, scan.end(), StandardCharsets.UTF_8, 0, reason);
    }
    if (scan.sequences() >= GOOD_PER_BAD * scan.malformed()) {
      String reason = "%d well-formed sequences and %d malformed, the first at byte %d";
      return read(
          b,
          0,
          scan.end(),
          StandardCharsets.UTF_8,
          scan.malformed(),
          reason.formatted(scan.sequences(), scan.malformed(), scan.firstMalformed()));
    }
    return (long) scan.highBytes() * 100 > (long) b.length * LATIN_HIGH_PERCENT
        ? null
        : latin(b, scan);
  }

  private static Decoded latin(byte[] b, Utf8Scan scan) {
    boolean windows = scan.c1Bytes() > 0;
    Charset charset = windows ? Charset.forName("windows-1252") : StandardCharsets.ISO_8859_1;
    String reason =
        String.format(
            Locale.ROOT,
            "not UTF-8 (byte %d), and %.1f %% of the bytes are above ASCII%s",
            scan.firstMalformed(),
            100.0 * scan.highBytes() / b.length,
            windows ? ", some in the range that only windows-1252 uses" : "");
    return read(b, 0, b.length, charset, 0, reason);
  }

  private static Decoded read(
      byte[] b, int from, int to, Charset charset, int malformed, String reason) {
    String text = new String(b, from, Math.max(0, to - from), charset);
    return new Decoded(new Encoding(charset.name(), malformed, reason), text);
  }

  private static int evenEnd(byte[] b) {
    return b.length - b.length % 2;
  }

  private static boolean startsWith(byte[] b, int... prefix) {
    if (b.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if ((b[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
