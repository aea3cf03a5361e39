// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Set;

/** The deepest level of a source text, as its language nests. */
final class Nesting {
  /** Elements of HTML that have no end tag. */
  private static final Set<String> VOID_TAGS =
      Set.of(
          "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
          "track", "wbr");

  private static final int LONGEST_TAG = 32;

  private Nesting() {}

  static int deepest(SourceText source, Grammar.Nesting kind) {
    return switch (kind) {
      case BRACES -> brackets(source.code(), "{", "}");
      case BRACKETS -> brackets(source.code(), "{[", "}]");
      case INDENTATION -> indentation(source);
      case TAGS -> tags(source.withStrings());
      case NONE -> 0;
    };
  }

  private static int brackets(String code, String open, String close) {
    int depth = 0;
    int deepest = 0;
    for (int i = 0; i < code.length(); i++) {
      if (open.indexOf(code.charAt(i)) >= 0) {
        deepest = Math.max(deepest, ++depth);
      } else if (close.indexOf(code.charAt(i)) >= 0) {
        depth = Math.max(0, depth - 1);
      }
    }
    return deepest;
  }

  /** Widths grow on a stack; a tab reaches the next multiple of eight. */
  private static int indentation(SourceText source) {
    Lines lines = source.lines();
    int[] widths = new int[lines.count() + 1];
    int depth = 0;
    int deepest = 0;
    for (int i = 0; i < lines.count(); i++) {
      int width = width(source.withStrings(), lines.starts()[i], lines.ends()[i]);
      if (width < 0) {
        continue;
      }
      while (depth > 0 && widths[depth] >= width) {
        depth--;
      }
      if (width > 0) {
        widths[++depth] = width;
      }
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }

  private static int width(String text, int from, int to) {
    int width = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!Character.isWhitespace(c)) {
        return width;
      }
      width = c == '\t' ? (width / 8 + 1) * 8 : width + 1;
    }
    return -1;
  }

  private static int tags(String text) {
    int depth = 0;
    int deepest = 0;
    int open = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '<') {
        open = i;
      } else if (c == '>' && open >= 0) {
        depth = Math.max(0, depth + change(text, open, i));
        deepest = Math.max(deepest, depth);
        open = -1;
      }
    }
    return deepest;
  }

  /** +1 for a start tag, -1 for an end tag, 0 for an empty element and everything else. */
  private static int change(String text, int open, int close) {
    char first = text.charAt(open + 1);
    if (first == '/') {
      return -1;
    }
    if (!Character.isLetter(first) || text.charAt(close - 1) == '/') {
      return 0;
    }
    int end = open + 1;
    int limit = Math.min(close, open + LONGEST_TAG);
    while (end < limit && Character.isLetterOrDigit(text.charAt(end))) {
      end++;
    }
    return VOID_TAGS.contains(text.substring(open + 1, end)) ? 0 : 1;
  }
}
