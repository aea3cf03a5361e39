// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Set;

/** How often something occurs, and the line of its first occurrence, 0 without one. */
record Occurrences(int count, int line) {

  /** Any of the texts within the first lines. */
  static Occurrences of(Lines lines, int firstLines, String... texts) {
    int last = Math.min(firstLines, lines.count());
    int end = last == 0 ? 0 : lines.ends()[last - 1];
    return of(lines, lines.text().substring(0, end), texts);
  }

  /** Any of the texts, anywhere in a text that has the shape of the lines. */
  static Occurrences of(Lines lines, String in, String... texts) {
    int count = 0;
    int first = Integer.MAX_VALUE;
    for (String text : texts) {
      for (int at = in.indexOf(text); at >= 0; at = in.indexOf(text, at + text.length())) {
        count++;
        first = Math.min(first, at);
      }
    }
    return at(lines, count, first);
  }

  /** Lines that hold both texts. */
  static Occurrences ofLines(Lines lines, String in, String begin, String also) {
    int count = 0;
    int first = Integer.MAX_VALUE;
    for (int at = in.indexOf(begin); at >= 0; at = in.indexOf(begin, at + begin.length())) {
      int end = Math.min(in.length(), at + begin.length() + 64);
      if (in.substring(at, end).lines().findFirst().orElse("").contains(also)) {
        count++;
        first = Math.min(first, at);
      }
    }
    return at(lines, count, first);
  }

  /** Lines that begin with any of the texts, not counting indentation. */
  static Occurrences atLineStart(Lines lines, String in, String... starts) {
    int count = 0;
    int first = 0;
    for (int i = 0; i < lines.count(); i++) {
      int visible = lines.firstVisible(i);
      if (visible >= 0 && startsWithAny(in, visible, starts)) {
        first = count++ == 0 ? i + 1 : first;
      }
    }
    return new Occurrences(count, first);
  }

  private static boolean startsWithAny(String in, int at, String... starts) {
    for (String start : starts) {
      if (in.startsWith(start, at)) {
        return true;
      }
    }
    return false;
  }

  /** Whole words, as an identifier is whole. */
  static Occurrences ofWords(Lines lines, String in, String... words) {
    Set<String> wanted = Set.of(words);
    int count = 0;
    int first = Integer.MAX_VALUE;
    int start = -1;
    for (int i = 0; i <= in.length(); i++) {
      boolean part = i < in.length() && Character.isJavaIdentifierPart(in.charAt(i));
      if (part && start < 0) {
        start = i;
      } else if (!part && start >= 0) {
        if (i - start <= 24 && wanted.contains(in.substring(start, i))) {
          count++;
          first = Math.min(first, start);
        }
        start = -1;
      }
    }
    return at(lines, count, first);
  }

  private static Occurrences at(Lines lines, int count, int offset) {
    return new Occurrences(count, count == 0 ? 0 : lines.numberAt(offset));
  }
}
