// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The words of a text, in order, in lower case. */
public final class Terms {
  private static final int LONGEST = 64;

  private Terms() {}

  /** What takes the words. */
  public interface Taker {
    /** False when no more are wanted. */
    boolean take(String term);
  }

  /** Hands on whole words: letters, digits and underscores; longer ones are cut. */
  public static void whole(String text, Taker taker) {
    int at = 0;
    while (at < text.length()) {
      if (!isPart(text.charAt(at))) {
        at++;
        continue;
      }
      int end = at;
      while (end < text.length() && isPart(text.charAt(end))) {
        end++;
      }
      String term = text.substring(at, Math.min(end, at + LONGEST)).toLowerCase(Locale.ROOT);
      if (!taker.take(term)) {
        return;
      }
      at = end;
    }
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /**
   * The parts of names: "parseHttpUrl_2" gives parse, http, url, 2; single letters are left out.
   */
  public static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (i == text.length() || divides(text, i)) {
        add(parts, text.substring(start, i));
        start = i;
      }
    }
    return parts;
  }

  private static void add(List<String> parts, String piece) {
    int from = 0;
    int to = piece.length();
    while (from < to && !Character.isLetterOrDigit(piece.charAt(from))) {
      from++;
    }
    while (to > from && !Character.isLetterOrDigit(piece.charAt(to - 1))) {
      to--;
    }
    if (to - from > 1) {
      parts.add(piece.substring(from, Math.min(to, from + LONGEST)).toLowerCase(Locale.ROOT));
    }
  }

  private static boolean divides(String text, int at) {
    char before = text.charAt(at - 1);
    char here = text.charAt(at);
    if (!Character.isLetterOrDigit(here) || !Character.isLetterOrDigit(before)) {
      return true;
    }
    boolean hump = Character.isUpperCase(here) && !Character.isUpperCase(before);
    boolean endOfCapitals =
        Character.isUpperCase(before)
            && Character.isUpperCase(here)
            && at + 1 < text.length()
            && Character.isLowerCase(text.charAt(at + 1));
    return hump || endOfCapitals || Character.isDigit(here) != Character.isDigit(before);
  }
}
