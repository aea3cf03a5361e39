// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.util.List;
import java.util.Locale;

/** Tells values that stand for a secret from secrets. */
final class Placeholders {
  /** What a placeholder, an example or a value of a test is judged at. */
  static final double DOUBTFUL = 0.2;

  private static final List<String> SIGNS =
      List.of(
          "example",
          "changeme",
          "change-me",
          "change_me",
          "placeholder",
          "your-",
          "your_",
          "yourpass",
          "dummy",
          "sample",
          "insert",
          "replace",
          "redacted",
          "xxxx",
          "****",
          "....",
          "todo",
          "fake",
          "mock",
          "foobar",
          "letmein",
          "not-a-",
          "notasecret",
          "password",
          "passwd",
          "secret",
          "1234567",
          "abcdef");

  private Placeholders() {}

  /** The confidence of a value that would otherwise have the given one. */
  static double judge(String value, double confidence) {
    return looksLikeOne(value) ? DOUBTFUL : confidence;
  }

  static boolean looksLikeOne(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    return SIGNS.stream().anyMatch(lower::contains)
        || lower.startsWith("test")
        || fewCharacters(value);
  }

  /** Three different characters or less are nobody's key. */
  private static boolean fewCharacters(String value) {
    return value.chars().distinct().limit(4).count() < 4;
  }

  /** Shannon entropy of the characters in bits. */
  static double entropy(String value) {
    int[] counts = new int[128];
    int ascii = 0;
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < 128) {
        counts[value.charAt(i)]++;
        ascii++;
      }
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / ascii;
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }
}
