// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must stay first in a text for its language to work: a byte order mark, a {@code #!} line, a
 * line that names the encoding, the directives of a Dockerfile, the XML declaration, {@code <?php},
 * {@code @charset}, front matter, and what single tools read in the first lines.
 *
 * @param end where a stamp may stand at the earliest: a line's beginning, or the end of the text
 * @param tagged true when it ends with an XML declaration or {@code <?php} in a line of its own
 * @param taken true when an XML declaration or {@code <?php} stands behind it that goes on in its
 *     line, so that there is no place for a stamp
 */
record Head(int end, boolean tagged, boolean taken) {
  private static final int MOST = 16 * 1024;

  /** With what CRs stand before it: the end of a text gets a newline of its own behind them. */
  private static final String LINE_END = "\r*(?:\n|\\z)";

  private static final String SCRIPT = "(?:#![^\n]*" + LINE_END + ")?";

  private static final String CODING = "[ \t\f]*#[^\n]*?coding[:=][ \t]*[-\\w.]+[^\n]*" + LINE_END;
  private static final String DIRECTIVE =
      "[ \t]*#[ \t]*(?i:syntax|escape|check)[ \t]*=[^\n]*" + LINE_END;

  /** What cloud-init and the completion of zsh look at. */
  private static final String FIRST =
      "(?:##[ \t]*template:[^\n]*\n)?#(?:cloud-config|compdef|autoload)\\b[^\n]*" + LINE_END;

  /**
   * The encoding in one of the first two lines, the other being a comment or blank (PEP 263), or
   * the directives of a Dockerfile. Possessive, because there may be more of them than a stack
   * holds.
   */
  private static final Pattern HASH =
      Pattern.compile(
          "(?:(?:%2$s)++(?:%1$s)?|(?:[ \t\f]*(?:#[^\n]*)?\r?\n)?%1$s|%4$s|%3$s(?:%2$s)*+)"
              .formatted(CODING, DIRECTIVE, SCRIPT, FIRST));

  private static final Pattern HTML =
      Pattern.compile(
          "(?:(?<tag><\\?xml\\s[^>]*\\?>[ \t]*"
              + LINE_END
              + ")|(?<rule>---|\\+\\+\\+)[ \t]*\r?\n(?s:.*?)\n\\k<rule>[ \t]*"
              + LINE_END
              + "|"
              + SCRIPT
              + ")");

  private static final Pattern BLOCK = Pattern.compile("(?:@charset \"[^\"]*\";" + LINE_END + ")?");
  private static final Pattern SLASHES =
      Pattern.compile(SCRIPT + "(?<tag><\\?php[ \t]*" + LINE_END + ")?");

  /** Where Emacs Lisp says that its binding is lexical, and Erlang how it is encoded. */
  private static final String VARIABLES = "(?:[;%][^\n]*-\\*-[^\n]*-\\*-[^\n]*" + LINE_END + ")?";

  private static final Pattern SEMICOLON = Pattern.compile(SCRIPT + VARIABLES);

  /** The arguments of an escript, or the format of TeX. */
  private static final Pattern PERCENT =
      Pattern.compile(SCRIPT + VARIABLES + "(?:%(?:%!|&)[^\n]*" + LINE_END + ")?");

  /** The options of a script for stack. */
  private static final Pattern DASHES =
      Pattern.compile(
          "(?:#![^\n]*"
              + LINE_END
              + "(?:(?:--[ \t]*stack\\b[^\n]*|\\{-[ \t]*stack\\b(?s:.*?)-\\}[ \t]*)"
              + LINE_END
              + ")?)?");

  /** The head of a text with such comments. */
  static Head of(byte[] text, CommentStyle style) {
    int mark = ByteOrderMark.length(text);
    String start = new String(text, mark, Math.min(MOST, text.length - mark), ISO_8859_1);
    Pattern head =
        switch (style) {
          case HASH -> HASH;
          case HTML -> HTML;
          case BLOCK -> BLOCK;
          case SLASHES -> SLASHES;
          case SEMICOLON -> SEMICOLON;
          case PERCENT -> PERCENT;
          case DASHES -> DASHES;
        };
    Matcher matcher = head.matcher(start);
    boolean found = matcher.lookingAt() && (matcher.end() < MOST || text.length - mark <= MOST);
    int end = mark + (found ? matcher.end() : 0);
    boolean tagged = found && head.namedGroups().containsKey("tag") && matcher.group("tag") != null;
    boolean taken = !tagged && text.length > end + 1 && text[end] == '<' && text[end + 1] == '?';
    return new Head(end, tagged, taken);
  }
}
