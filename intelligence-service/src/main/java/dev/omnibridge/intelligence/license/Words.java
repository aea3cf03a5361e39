// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.license;

/** A text as its words in lower case, one space between, without any sign. */
final class Words {
  private Words() {}

  /** Signs of comments and quotes go with all others, so a phrase may go over lines. */
  static String of(String text, int most) {
    var words = new StringBuilder(Math.min(text.length(), most));
    boolean open = false;
    for (int i = 0; i < text.length() && words.length() < most; i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        words.append(Character.toLowerCase(c));
        open = true;
      } else if (open) {
        words.append(' ');
        open = false;
      }
    }
    return words.toString();
  }
}
