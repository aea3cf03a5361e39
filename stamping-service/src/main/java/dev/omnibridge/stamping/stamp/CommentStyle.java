// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a language writes a comment of one line. What is wrapped is unwrapped to the same. */
public enum CommentStyle {
  HASH("#", ""),
  SLASHES("//", ""),
  DASHES("--", ""),
  SEMICOLON(";", ""),
  PERCENT("%", ""),
  BLOCK("/*", "*/"),
  HTML("<!--", "-->");

  /** What ends a comment or its line in some language, or XML forbids in one. */
  private static final Pattern ENDS = Pattern.compile("\\*/|--|\\?>|[\\x7f-\\x9f\\u2028\\u2029]");

  private final String open;
  private final String close;

  CommentStyle(String open, String close) {
    this.open = open;
    this.close = close;
  }

  /** What a comment begins with. */
  String open() {
    return open;
  }

  /** The line as a comment. */
  String wrap(String line) {
    return (open + " " + line).stripTrailing() + (close.isEmpty() ? "" : " " + close);
  }

  /** What a comment says, blanks at its end left out; null when the line is none of this style. */
  @Nullable String unwrap(String line) {
    if (!line.startsWith(open) || !line.endsWith(close)) {
      return null;
    }
    int end = line.length() - close.length();
    if (end <= open.length()) {
      return line.equals(open + close) || close.isEmpty() ? "" : null;
    }
    return line.charAt(open.length()) == ' '
        ? line.substring(open.length() + 1, Math.max(open.length() + 1, end)).stripTrailing()
        : null;
  }

  /** True when a text ends no comment in any language. */
  static boolean endsNone(String text) {
    return !ENDS.matcher(text).find();
  }

  /** JSON that says the same and ends no comment; what would is in strings only. */
  public static String endingNone(String json) {
    return ENDS.matcher(json).replaceAll(end -> Matcher.quoteReplacement(harmless(end.group())));
  }

  /** Its last character escaped; Java would read a slash behind {@code u002f} even in a comment. */
  private static String harmless(String end) {
    char last = end.charAt(end.length() - 1);
    return end.substring(0, end.length() - 1)
        + (last == '/' ? "\\/" : "\\u%04x".formatted((int) last));
  }

  /** The style of a line that is a comment, or null when it is none. */
  static @Nullable CommentStyle of(String line) {
    return Arrays.stream(values())
        .filter(style -> style.unwrap(line) != null)
        .findFirst()
        .orElse(null);
  }
}
