// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

/** Texts of others, which stay on their line and cannot move a terminal's cursor. */
public final class OneLine {
  private OneLine() {}

  /** The text, with every control character written as an escape. */
  public static String of(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    var shown = new StringBuilder();
    text.chars()
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            shown.append("\\x%02x".formatted(c));
          } else {
            shown.append((char) c);
          }
        });
    return shown.toString();
  }

  /** The same JSON, without the control characters that may stand in JSON as they are. */
  public static String ofJson(String json) {
    if (json.chars().noneMatch(OneLine::isKeptByJson)) {
      return json;
    }
    var shown = new StringBuilder();
    json.chars()
        .forEach(c -> {
          if (isKeptByJson(c)) {
            shown.append("\\u%04x".formatted(c));
          } else {
            shown.append((char) c);
          }
        });
    return shown.toString();
  }

  private static boolean isKeptByJson(int c) {
    return c >= 0x7f && Character.isISOControl(c);
  }
}
