// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether what is written at the end of a PHP file is program or page. Strings and comments
 * are read as PHP reads them, because tags may stand in them.
 */
final class PhpEnd {
  private static final int DEEPEST = 20;

  /** The last one is a tag by a setting of the server only, or text. */
  private static final Pattern OPENING =
      Pattern.compile("<\\?(?:(?<text>(?i)xml\\b)|(?<tag>(?i)php(?!\\S)|=)|(?<other>))");

  private static final String LETTER = "[\\w\\x80-\\xff]";
  private static final Pattern HEREDOC =
      Pattern.compile("<<<[ \t]*(?<quote>['\"]?)(?<label>" + LETTER + "+)\\k<quote>\r?\n");

  /** Behind it PHP reads nothing. */
  private static final Pattern STOP = Pattern.compile("(?i)__halt_compiler");

  private final String php;
  private int at;

  private PhpEnd(String php) {
    this.php = php;
  }

  /**
   * True when it is program.
   *
   * @throws UnwritableException when that cannot be told
   */
  static boolean isProgram(byte[] file) {
    String php = new String(file, ISO_8859_1);
    if (STOP.matcher(php).find()) {
      throw unclear();
    }
    return new PhpEnd(php).read();
  }

  private boolean read() {
    while (opens()) {
      if (php.indexOf("?>", at) < 0 || !closes('\0', 0)) {
        return true;
      }
    }
    return false;
  }

  /** Goes behind the next opening tag; false when there is none. */
  private boolean opens() {
    Matcher tag = OPENING.matcher(php).region(at, php.length());
    while (tag.find()) {
      if (tag.group("other") != null) {
        throw unclear();
      }
      at = tag.end();
      if (tag.group("tag") != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Goes behind the closing tag of the program; false when the file ends before.
   *
   * @param last the brace behind an expression in a string, which is closed instead; else NUL
   */
  private boolean closes(char last, int depth) {
    int braces = 0;
    while (at < php.length()) {
      char c = php.charAt(at++);
      if (c == '?' && follows('>')) {
        at++;
        checkOutside(last);
        return true;
      } else if (c == last && braces == 0) {
        return true;
      } else if (c == '{' || c == '}') {
        braces += c == '{' ? 1 : -1;
      } else if (c == '\'' || c == '"' || c == '`') {
        string(c, depth);
      } else if (c == '#' && !follows('[') || c == '/' && follows('/')) {
        lineComment();
      } else if (c == '/' && follows('*')) {
        at = behind("*/", at + 1);
      } else if (c == '<' && follows('<')) {
        heredoc();
      }
    }
    checkOutside(last);
    return false;
  }

  private boolean follows(char c) {
    return at < php.length() && php.charAt(at) == c;
  }

  private int behind(String end, int from) {
    int found = php.indexOf(end, from);
    if (found < 0) {
      throw unclear();
    }
    return found + end.length();
  }

  private void string(char quote, int depth) {
    while (at < php.length()) {
      char c = php.charAt(at++);
      if (c == quote) {
        return;
      } else if (c == '\\') {
        at++;
      } else if (quote != '\'' && (c == '{' && follows('$') || c == '$' && follows('{'))) {
        at++;
        if (depth == DEEPEST || !closes('}', depth + 1)) {
          throw unclear();
        }
      }
    }
    throw unclear();
  }

  /** Up to the end of the line or a closing tag, which is one in such a comment, too. */
  private void lineComment() {
    while (at < php.length()
        && php.charAt(at) != '\n'
        && php.charAt(at) != '\r'
        && !php.startsWith("?>", at)) {
      at++;
    }
  }

  private void heredoc() {
    Matcher opening = HEREDOC.matcher(php).region(at - 1, php.length());
    if (!opening.lookingAt()) {
      return;
    }
    Matcher closing =
        Pattern.compile("\n[ \t]*" + opening.group("label") + "(?!" + LETTER + ")").matcher(php);
    if (!closing.find(opening.end() - 1)) {
      throw unclear();
    }
    at = closing.end();
  }

  /** An expression in a string holds no tag, and ends before the file does. */
  private static void checkOutside(char last) {
    if (last != '\0') {
      throw unclear();
    }
  }

  private static UnwritableException unclear() {
    return new UnwritableException(UnwritableException.Why.AMBIGUOUS);
  }
}
