// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * Figures of a text. Words are runs without white space; characters are code points, terminators
 * included; the longest line is in code points, without its terminator.
 */
public record TextStatistics(
    int lines, int blankLines, int words, int characters, int longestLine) {

  static TextStatistics of(Lines lines) {
    int blank = 0;
    int longest = 0;
    for (int i = 0; i < lines.count(); i++) {
      blank += lines.blank(i) ? 1 : 0;
      int end = lines.ends()[i];
      if (end - lines.starts()[i] > longest) {
        longest = Math.max(longest, lines.text().codePointCount(lines.starts()[i], end));
      }
    }
    String text = lines.text();
    return new TextStatistics(
        lines.count(), blank, words(text), text.codePointCount(0, text.length()), longest);
  }

  private static int words(String text) {
    int words = 0;
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      boolean visible = !Character.isWhitespace(text.charAt(i));
      words += visible && !inside ? 1 : 0;
      inside = visible;
    }
    return words;
  }

  /** Shannon entropy in bits per byte: 0 for one repeated value, 8 for evenly spread bytes. */
  static double entropy(byte[] bytes) {
    if (bytes.length == 0) {
      return 0;
    }
    int[] counts = new int[256];
    for (byte b : bytes) {
      counts[b & 0xFF]++;
    }
    double sum = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / bytes.length;
        sum -= share * StrictMath.log(share);
      }
    }
    return Math.max(0, sum / StrictMath.log(2));
  }
}
