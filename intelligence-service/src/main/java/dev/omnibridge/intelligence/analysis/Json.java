// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.BitSet;

/** Tells whether a text is one JSON object or array, in one pass without recursion. */
final class Json {
  private enum Expect {
    VALUE,
    FIRST_VALUE_OR_END,
    FIRST_KEY_OR_END,
    KEY,
    COLON,
    COMMA_OR_END,
    NOTHING
  }

  private final String text;
  private final BitSet objects = new BitSet();
  private Expect expect = Expect.VALUE;
  private int depth;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** With {@code cut} the beginning of a JSON text is enough. */
  static boolean wellFormed(String text, boolean cut) {
    return new Json(text).read(cut);
  }

  private boolean read(boolean cut) {
    skipSpace();
    if (at == text.length() || text.charAt(at) != '{' && text.charAt(at) != '[') {
      return false;
    }
    while (at < text.length()) {
      if (!step(text.charAt(at))) {
        return cut && at >= text.length();
      }
      skipSpace();
    }
    return expect == Expect.NOTHING || cut;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** False when the text is no JSON here, or ends in the middle of a literal. */
  private boolean step(char c) {
    return switch (expect) {
      case VALUE -> value(c);
      case FIRST_VALUE_OR_END -> c == ']' ? close() : value(c);
      case FIRST_KEY_OR_END -> c == '}' ? close() : key(c);
      case KEY -> key(c);
      case COLON -> sign(c == ':', Expect.VALUE);
      case COMMA_OR_END -> commaOrEnd(c);
      case NOTHING -> false;
    };
  }

  private boolean commaOrEnd(char c) {
    boolean object = objects.get(depth);
    if (c == (object ? '}' : ']')) {
      return close();
    }
    return sign(c == ',', object ? Expect.KEY : Expect.VALUE);
  }

  private boolean sign(boolean right, Expect then) {
    at += right ? 1 : 0;
    expect = then;
    return right;
  }

  private boolean value(char c) {
    if (c == '{' || c == '[') {
      objects.set(++depth, c == '{');
      at++;
      expect = c == '{' ? Expect.FIRST_KEY_OR_END : Expect.FIRST_VALUE_OR_END;
      return true;
    }
    expect = Expect.COMMA_OR_END;
    return c == '"' ? string() : word();
  }

  private boolean close() {
    at++;
    depth--;
    expect = depth == 0 ? Expect.NOTHING : Expect.COMMA_OR_END;
    return true;
  }

  private boolean key(char c) {
    expect = Expect.COLON;
    return c == '"' && string();
  }

  private boolean string() {
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return true;
      }
      if (c < ' ') {
        return false;
      }
      at += c == '\\' ? 1 : 0;
    }
    return false;
  }

  /** A number or one of the three words; how a number is written exactly is not checked. */
  private boolean word() {
    int start = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      return false;
    }
    char first = text.charAt(start);
    boolean number = first == '-' || first >= '0' && first <= '9';
    return number || isLiteral(start) || at == text.length();
  }

  private boolean isLiteral(int start) {
    int length = at - start;
    return length == 4 && (text.startsWith("true", start) || text.startsWith("null", start))
        || length == 5 && text.startsWith("false", start);
  }

  private static boolean isWordPart(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "+-.E".indexOf(c) >= 0;
  }
}
