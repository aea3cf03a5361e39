// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/** How well a text has the form of a data language, in points of {@link Languages}. */
final class Form {
  private static final int JSON_POINTS = 24;
  private static final int LINE_POINTS = 16;

  /** Below this share of fitting lines (in percent) a text is no line-based data. */
  private static final int MINIMUM_PERCENT = 80;

  private Form() {}

  static int points(Language language, Lines lines, boolean cut) {
    return switch (language) {
      case JSON -> Json.wellFormed(lines.text(), cut) ? JSON_POINTS : 0;
      case YAML -> points(lines, Form::isYaml, Form::isYamlKey);
      case PROPERTIES -> points(lines, Form::isProperty, Form::isAssignment);
      default -> 0;
    };
  }

  /** How many lines assign a value to a key. */
  static int entries(Language language, Lines lines) {
    int entries = 0;
    for (int i = 0; i < lines.count(); i++) {
      String line = lines.line(i).strip();
      boolean key = language == Language.YAML ? isYamlKey(line) : isAssignment(line);
      entries += key ? 1 : 0;
    }
    return entries;
  }

  private interface LineTest {
    boolean test(String stripped);
  }

  /** At least two lines must hold a key, and nearly every line must fit. */
  private static int points(Lines lines, LineTest fits, LineTest key) {
    int filled = 0;
    int fitting = 0;
    int keys = 0;
    for (int i = 0; i < lines.count(); i++) {
      String line = lines.line(i).strip();
      if (!line.isEmpty()) {
        filled++;
        fitting += fits.test(line) ? 1 : 0;
        keys += key.test(line) ? 1 : 0;
      }
    }
    boolean enough = keys >= 2 && fitting * 100L >= (long) filled * MINIMUM_PERCENT;
    return enough ? LINE_POINTS * fitting / filled : 0;
  }

  private static boolean isYaml(String line) {
    return line.startsWith("#")
        || line.startsWith("- ")
        || line.equals("-")
        || line.equals("---")
        || isYamlKey(line);
  }

  private static boolean isYamlKey(String line) {
    String rest = line.startsWith("- ") ? line.substring(2) : line;
    int end = keyEnd(rest);
    return end > 0
        && end < rest.length()
        && rest.charAt(end) == ':'
        && (end + 1 == rest.length() || rest.charAt(end + 1) == ' ')
        && !rest.endsWith(";")
        && !rest.endsWith("{");
  }

  private static boolean isProperty(String line) {
    boolean section = line.startsWith("[") && line.endsWith("]");
    return line.startsWith("#")
        || line.startsWith("!")
        || line.startsWith(";")
        || section
        || isAssignment(line);
  }

  private static boolean isAssignment(String line) {
    int end = keyEnd(line);
    int sign = end;
    while (sign < line.length() && line.charAt(sign) == ' ') {
      sign++;
    }
    return end > 0
        && sign < line.length()
        && line.charAt(sign) == '='
        && !line.endsWith(";")
        && !line.endsWith("{");
  }

  private static int keyEnd(String line) {
    int end = 0;
    while (end < line.length() && isKeyPart(line.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isKeyPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == '/';
  }
}
