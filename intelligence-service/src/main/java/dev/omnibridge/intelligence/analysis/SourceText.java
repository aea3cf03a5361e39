// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * A source text seen three ways, each of the same length and with the same line breaks: only code
 * (comments and the insides of strings are spaces), code with its strings, and only comments.
 */
record SourceText(
    Lines lines,
    String code,
    String withStrings,
    String comments,
    int codeLines,
    int commentLines,
    int blankLines) {

  static SourceText of(Lines lines, Syntax syntax) {
    return new Pass(lines, syntax).run();
  }

  /** The share of comment lines among lines that are not blank. */
  double commentShare() {
    int filled = codeLines + commentLines;
    return filled == 0 ? 0 : (double) commentLines / filled;
  }

  private static final class Pass {
    private static final int LONGEST_CHARACTER = 12;

    private final Lines lines;
    private final Syntax syntax;
    private final String text;
    private final char[] code;
    private final char[] withStrings;
    private final char[] comments;
    private boolean lineHasCode;
    private int at;
    private int lineEnd;

    Pass(Lines lines, Syntax syntax) {
      this.lines = lines;
      this.syntax = syntax;
      this.text = lines.text();
      this.code = text.toCharArray();
      this.withStrings = text.toCharArray();
      this.comments = blank(text);
    }

    SourceText run() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\n' || c == '\r') {
          lineHasCode = false;
          at++;
        } else if (Character.isWhitespace(c)) {
          at++;
        } else if (!comment() && !string()) {
          lineHasCode = true;
          at++;
        }
      }
      return counted();
    }

    private boolean comment() {
      for (var block : syntax.blocks()) {
        if (text.startsWith(block.open(), at) && allowed(block.where())) {
          toComment(endOf(block.close(), at + block.open().length()));
          return true;
        }
      }
      for (var line : syntax.lineComments()) {
        if (text.startsWith(line.mark(), at) && allowed(line.where())) {
          toComment(lineEnd());
          return true;
        }
      }
      return false;
    }

    private boolean string() {
      for (var quote : syntax.quotes()) {
        if (text.startsWith(quote.mark(), at)) {
          int end = stringEnd(quote);
          if (end < 0) {
            return false;
          }
          if (quote.kind() == Syntax.Kind.DOCSTRING && !lineHasCode) {
            toComment(end);
          } else {
            toString(quote.mark().length(), end);
          }
          return true;
        }
      }
      return false;
    }

    private boolean allowed(Syntax.Where where) {
      return switch (where) {
        case ANYWHERE -> true;
        case AFTER_SPACE -> at == 0 || Character.isWhitespace(text.charAt(at - 1));
        case LINE_START -> !lineHasCode;
      };
    }

    /** Where a string ends, after its closing mark; -1 when there is no string here. */
    private int stringEnd(Syntax.Quote quote) {
      int inside = at + quote.mark().length();
      return switch (quote.kind()) {
        case RAW -> endOf(quote.mark(), inside);
        case SHORT -> escapedEnd(quote.mark(), inside, lineEnd());
        case LONG, DOCSTRING -> escapedEnd(quote.mark(), inside, text.length());
        case CHARACTER -> characterEnd(inside);
      };
    }

    private int escapedEnd(String mark, int from, int limit) {
      for (int i = from; i < limit; i++) {
        if (text.charAt(i) == '\\') {
          i++;
        } else if (text.startsWith(mark, i)) {
          return i + mark.length();
        }
      }
      return limit;
    }

    private int characterEnd(int inside) {
      if (inside >= text.length()) {
        return -1;
      }
      if (text.charAt(inside) != '\\') {
        int close = inside + Character.charCount(text.codePointAt(inside));
        return close < text.length() && text.charAt(close) == '\'' ? close + 1 : -1;
      }
      int limit = Math.min(lineEnd(), inside + LONGEST_CHARACTER);
      for (int i = inside + 2; i < limit; i++) {
        if (text.charAt(i) == '\'') {
          return i + 1;
        }
      }
      return -1;
    }

    private int endOf(String close, int from) {
      int found = text.indexOf(close, from);
      return found < 0 ? text.length() : found + close.length();
    }

    /** Remembered for the line, or one long line full of strings would take quadratic time. */
    private int lineEnd() {
      if (at >= lineEnd) {
        lineEnd = at;
        while (lineEnd < text.length() && !isBreak(text.charAt(lineEnd))) {
          lineEnd++;
        }
      }
      return lineEnd;
    }

    private void toComment(int end) {
      for (; at < end; at++) {
        if (!isBreak(text.charAt(at))) {
          comments[at] = text.charAt(at);
          code[at] = ' ';
          withStrings[at] = ' ';
        }
      }
    }

    private void toString(int markLength, int end) {
      lineHasCode = true;
      for (int i = at + markLength; i < end - markLength; i++) {
        code[i] = isBreak(code[i]) ? code[i] : ' ';
      }
      at = end;
    }

    private SourceText counted() {
      int codeLines = 0;
      int commentLines = 0;
      for (int i = 0; i < lines.count(); i++) {
        if (visible(withStrings, i)) {
          codeLines++;
        } else if (visible(comments, i)) {
          commentLines++;
        }
      }
      return new SourceText(
          lines,
          new String(code),
          new String(withStrings),
          new String(comments),
          codeLines,
          commentLines,
          lines.count() - codeLines - commentLines);
    }

    private boolean visible(char[] mask, int line) {
      for (int i = lines.starts()[line]; i < lines.ends()[line]; i++) {
        if (!Character.isWhitespace(mask[i])) {
          return true;
        }
      }
      return false;
    }

    private static char[] blank(String text) {
      char[] blank = new char[text.length()];
      for (int i = 0; i < blank.length; i++) {
        blank[i] = isBreak(text.charAt(i)) ? text.charAt(i) : ' ';
      }
      return blank;
    }

    private static boolean isBreak(char c) {
      return c == '\n' || c == '\r';
    }
  }
}
