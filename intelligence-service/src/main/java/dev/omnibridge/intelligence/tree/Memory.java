// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

/** About how much memory things take, in bytes, with headers and rounding. */
final class Memory {
  /** An object of a few fields. */
  static final int OBJECT = 24;

  /** An array without what is in it. */
  static final int ARRAY = 24;

  static final int REFERENCE = 4;

  private static final int LAST_LATIN = 0xff;

  private Memory() {}

  static long of(String text) {
    return OBJECT + ARRAY + (long) text.length() * (isLatin(text) ? 1 : 2);
  }

  /** Only such a text takes a byte a letter. */
  private static boolean isLatin(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > LAST_LATIN) {
        return false;
      }
    }
    return true;
  }
}
