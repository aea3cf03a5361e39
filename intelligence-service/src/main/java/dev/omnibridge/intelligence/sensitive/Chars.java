// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

/** Tests of characters; all of them are about ASCII, as keys and numbers are. */
final class Chars {
  private Chars() {}

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean upper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean letter(char c) {
    return upper(c) || (c >= 'a' && c <= 'z');
  }

  static boolean alphanumeric(char c) {
    return digit(c) || letter(c);
  }

  /** What tokens are made of. */
  static boolean word(char c) {
    return alphanumeric(c) || c == '_' || c == '-';
  }

  /** Whether an alphanumeric character stands at an offset, which may be outside. */
  static boolean alphanumericAt(String text, int at) {
    return at >= 0 && at < text.length() && alphanumeric(text.charAt(at));
  }
}
