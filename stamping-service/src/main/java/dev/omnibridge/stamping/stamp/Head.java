// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must stay first in a text for its language to work: a byte order mark, a {@code #!} line, a
 * line that names the encoding, the directives of a Dockerfile, the XML declaration, {@code <?php},
 * {@code @charset}, front matter.
 */
final class Head {
  private static final int MOST = 16 * 1024;

  /** With what CRs stand before it: the end of a text gets a newline of its own behind them. */
  private static final String LINE_END = "\r*(?:\n|\\z)";

  private static final String SCRIPT = "(?:#![^\n]*" + LINE_END + ")?";

  private static final String CODING = "[ \t\f]*#[^\n]*?coding[:=][ \t]*[-\\w.]+[^\n]*" + LINE_END;
  private static final String DIRECTIVE =
      "[ \t]*#[ \t]*(?i:syntax|escape|check)[ \t]*=[^\n]*" + LINE_END;

  /**
   * The encoding in one of the first two lines, the other being a comment or blank (PEP 263), or
   * the directives of a Dockerfile.
   */
  private static final Pattern HASH =
      Pattern.compile(
          "(?:(?:%2$s)+(?:%1$s)?|(?:[ \t\f]*(?:#[^\n]*)?\r?\n)?%1$s|%3$s(?:%2$s)*)"
              .formatted(CODING, DIRECTIVE, SCRIPT));

  private static final Pattern HTML =
      Pattern.compile(
          "(?:<\\?xml\\s[^>]*\\?>[ \t]*"
              + LINE_END
              + "|(---|\\+\\+\\+)[ \t]*\r?\n(?s:.*?)\n\\1[ \t]*"
              + LINE_END
              + "|"
              + SCRIPT
              + ")");

  private static final Pattern BLOCK = Pattern.compile("(?:@charset \"[^\"]*\";" + LINE_END + ")?");
  private static final Pattern SLASHES =
      Pattern.compile(SCRIPT + "(?:<\\?php[ \t]*" + LINE_END + ")?");
  private static final Pattern OTHERS = Pattern.compile(SCRIPT);

  private Head() {}

  /** Where a stamp may stand at the earliest: a line's beginning, or the end of the text. */
  static int end(byte[] text, CommentStyle style) {
    int mark = ByteOrderMark.length(text);
    String start = new String(text, mark, Math.min(MOST, text.length - mark), ISO_8859_1);
    Pattern head =
        switch (style) {
          case HASH -> HASH;
          case HTML -> HTML;
          case BLOCK -> BLOCK;
          case SLASHES -> SLASHES;
          case DASHES, SEMICOLON, PERCENT -> OTHERS;
        };
    Matcher matcher = head.matcher(start);
    boolean found = matcher.lookingAt() && (matcher.end() < MOST || text.length - mark <= MOST);
    return mark + (found ? matcher.end() : 0);
  }

  /**
   * True when the text begins with an XML declaration or {@code <?php} that goes on in its line.
   */
  static boolean isTaken(byte[] text, CommentStyle style) {
    int mark = ByteOrderMark.length(text);
    return end(text, style) == mark
        && text.length > mark + 1
        && text[mark] == '<'
        && text[mark + 1] == '?';
  }
}
