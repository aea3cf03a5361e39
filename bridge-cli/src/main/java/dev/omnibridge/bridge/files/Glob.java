// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A shell pattern for one name: {@code *}, {@code ?}, {@code [a-z]}, {@code [!a]}, {@code
 * [[:digit:]]} and a backslash before what is meant literally. One that is malformed matches
 * nothing.
 */
record Glob(String pattern) {

  /** True when the whole name fits. */
  boolean matches(String name) {
    int at = 0;
    int next = 0;
    int star = -1;
    int tried = 0;
    while (next < name.length()) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        star = at++;
        tried = next;
        continue;
      }
      int after = at < pattern.length() ? one(at, name.charAt(next)) : -1;
      if (after >= 0) {
        at = after;
        next++;
      } else if (star >= 0) {
        at = star + 1;
        next = ++tried;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }

  /** Where the pattern goes on when its element at a place takes the character, else -1. */
  private int one(int at, char c) {
    return switch (pattern.charAt(at)) {
      case '?' -> at + 1;
      case '[' -> set(at + 1, c);
      case '\\' -> at + 1 < pattern.length() && pattern.charAt(at + 1) == c ? at + 2 : -1;
      default -> pattern.charAt(at) == c ? at + 1 : -1;
    };
  }

  /** The same for a set of characters, whose first is at a place. */
  private int set(int from, char c) {
    int at = from;
    boolean inverted =
        at < pattern.length() && (pattern.charAt(at) == '!' || pattern.charAt(at) == '^');
    if (inverted) {
      at++;
    }
    boolean found = false;
    for (int first = at; at < pattern.length(); ) {
      if (pattern.charAt(at) == ']' && at > first) {
        return found != inverted ? at + 1 : -1;
      }
      int close = pattern.startsWith("[:", at) ? pattern.indexOf(":]", at + 2) : -1;
      if (close >= 0) {
        IntPredicate members = named(pattern.substring(at + 2, close));
        if (members == null) {
          return -1;
        }
        found |= members.test(c);
        at = close + 2;
        continue;
      }
      int low = literal(at);
      int high = range(low) ? literal(low + 1) : low;
      if (high > pattern.length()) {
        return -1;
      }
      found |= pattern.charAt(low - 1) <= c && c <= pattern.charAt(high - 1);
      at = high;
    }
    return -1;
  }

  /** Behind the character of a set that begins at a place. */
  private int literal(int at) {
    return pattern.charAt(at) == '\\' ? at + 2 : at + 1;
  }

  private boolean range(int at) {
    return at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']';
  }

  /** The characters of a class by its name, or null when there is no such class. */
  private static @Nullable IntPredicate named(String name) {
    return switch (name) {
      case "alpha" -> Glob::isLetter;
      case "digit" -> Glob::isDigit;
      case "alnum" -> c -> isLetter(c) || isDigit(c);
      case "upper" -> c -> c >= 'A' && c <= 'Z';
      case "lower" -> c -> c >= 'a' && c <= 'z';
      case "space" -> c -> c == ' ' || c >= '\t' && c <= '\r';
      case "blank" -> c -> c == ' ' || c == '\t';
      case "punct" -> c -> c > ' ' && c < 127 && !isLetter(c) && !isDigit(c);
      case "xdigit" -> c -> Character.digit(c, 16) >= 0 && c < 128;
      case "cntrl" -> c -> c < ' ' || c == 127;
      case "print" -> c -> c >= ' ' && c < 127;
      case "graph" -> c -> c > ' ' && c < 127;
      default -> null;
    };
  }

  private static boolean isLetter(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
