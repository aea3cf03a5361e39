// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Values that are given to a name which says that they are secret. All look-around is bounded. */
final class Assignments {
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_VALUE = 256;
  private static final int LEAST_PASSWORD = 6;
  private static final int LEAST_SECRET = 16;
  private static final int LEAST_DIGITS = 2;

  /** Bits per character; words of a language have less, random keys more. */
  private static final double RANDOM_BITS = 3.5;

  private static final List<String> PASSWORD_NAMES =
      List.of("password", "passwd", "passphrase", "pwd");
  private static final List<String> SECRET_NAMES =
      List.of(
          "secret",
          "token",
          "apikey",
          "api_key",
          "api-key",
          "accesskey",
          "access_key",
          "access-key",
          "privatekey",
          "private_key",
          "credential",
          "auth_key",
          "authkey",
          "signing_key");

  /** What stands where a value would, in declarations and comparisons. */
  private static final Set<String> NO_VALUES =
      Set.of(
          "string",
          "str",
          "text",
          "null",
          "none",
          "nil",
          "true",
          "false",
          "undefined",
          "bytes",
          "optional",
          "required",
          "varchar",
          "boolean",
          "integer",
          "object",
          "bytea");

  private Assignments() {}

  /** Looks at what stands around each sign of assignment; code gives only values in quotes. */
  static void find(String text, int from, int to, boolean code, List<Span> found) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '=' || c == ':') {
        assignment(text, from, i, to, code, found);
        credentials(text, i, to, found);
      }
    }
  }

  private static void assignment(
      String text, int from, int sign, int to, boolean code, List<Span> found) {
    String name = nameBefore(text, from, sign);
    if (name.isEmpty()) {
      return;
    }
    boolean password = PASSWORD_NAMES.stream().anyMatch(name::contains);
    boolean secret = SECRET_NAMES.stream().anyMatch(name::contains);
    if (!password && !secret) {
      return;
    }
    int start = valueStart(text, sign, to);
    if (start >= to) {
      return;
    }
    boolean quoted = isQuote(text.charAt(start));
    if (!quoted && code) {
      return;
    }
    int begin = quoted ? start + 1 : start;
    int end = quoted ? quoteEnd(text, begin, to) : bareEnd(text, begin, to);
    String value = end < 0 ? "" : text.substring(begin, end);
    if (isValue(value, name)) {
      judge(
          name,
          password,
          new Span(SensitiveKind.PASSWORD_ASSIGNMENT, begin, end, 0.8),
          value,
          found);
    }
  }

  private static void judge(
      String name, boolean password, Span span, String value, List<Span> found) {
    if (value.length() == 40 && name.contains("aws") && name.contains("secret")) {
      found.add(with(span, SensitiveKind.AWS_SECRET_KEY, Placeholders.judge(value, 0.9)));
    } else if (password && value.length() >= LEAST_PASSWORD) {
      found.add(with(span, span.kind(), Placeholders.judge(value, span.confidence())));
    } else if (isRandom(value)) {
      found.add(with(span, SensitiveKind.SECRET_ASSIGNMENT, Placeholders.judge(value, 0.7)));
    }
  }

  /** Words joined by hyphens have as much entropy as a key, but hardly a digit. */
  private static boolean isRandom(String value) {
    return value.length() >= LEAST_SECRET
        && value.chars().filter(c -> Chars.digit((char) c)).count() >= LEAST_DIGITS
        && Placeholders.entropy(value) >= RANDOM_BITS;
  }

  private static Span with(Span span, SensitiveKind kind, double confidence) {
    return new Span(kind, span.start(), span.end(), confidence);
  }

  /** The name before a sign, in lower case; empty without one. */
  private static String nameBefore(String text, int from, int sign) {
    int end = sign;
    while (end > from && sign - end < 8 && isBetween(text.charAt(end - 1))) {
      end--;
    }
    int start = end;
    while (start > from && end - start < LONGEST_NAME && isName(text.charAt(start - 1))) {
      start--;
    }
    return text.substring(start, end).toLowerCase(Locale.ROOT);
  }

  private static boolean isName(char c) {
    return Chars.word(c) || c == '.';
  }

  private static boolean isBetween(char c) {
    return c == ' ' || c == '\t' || isQuote(c) || c == ']';
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private static int valueStart(String text, int sign, int to) {
    int at = sign + 1;
    while (at < to && at - sign < 16 && " \t=>".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static int quoteEnd(String text, int begin, int to) {
    char quote = text.charAt(begin - 1);
    int limit = Math.min(to, begin + LONGEST_VALUE);
    for (int i = begin; i < limit; i++) {
      if (text.charAt(i) == quote) {
        return i;
      }
    }
    return -1;
  }

  private static int bareEnd(String text, int begin, int to) {
    int end = begin;
    while (end < to && end - begin <= LONGEST_VALUE && " \t,;\"'".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end - begin > LONGEST_VALUE ? -1 : end;
  }

  /** A reference, an expression, a sentence or a type is no value. */
  private static boolean isValue(String value, String name) {
    if (value.length() < LEAST_PASSWORD || "$<{%#@&*([/\\".indexOf(value.charAt(0)) >= 0) {
      return false;
    }
    String lower = value.toLowerCase(Locale.ROOT);
    return !NO_VALUES.contains(lower)
        && !lower.equals(name)
        && value.indexOf(' ') < 0
        && value.indexOf('(') < 0
        && value.indexOf('{') < 0
        && !value.contains("://");
  }

  /** User and password in a web address. */
  private static void credentials(String text, int colon, int to, List<Span> found) {
    if (!text.startsWith("://", colon)) {
      return;
    }
    int limit = Math.min(to, colon + 3 + LONGEST_VALUE);
    int inner = -1;
    for (int i = colon + 3; i < limit; i++) {
      char c = text.charAt(i);
      if (c == ':' && inner < 0) {
        inner = i;
      } else if (c == '@') {
        if (inner > 0 && i - inner > 1 && "$<{%".indexOf(text.charAt(inner + 1)) < 0) {
          String value = text.substring(inner + 1, i);
          found.add(
              new Span(
                  SensitiveKind.URL_CREDENTIALS, inner + 1, i, Placeholders.judge(value, 0.92)));
        }
        return;
      } else if (c == '/' || c == ' ' || c == '"' || c == '\'' || c == '?') {
        return;
      }
    }
  }
}
