// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Locale;

/**
 * One sign of a language and what it weighs.
 *
 * @param text for LINE the beginning of a line without its indentation, with an optional end after
 *     an asterisk; for ANYWHERE a part of the text; for WORD a whole identifier
 * @param foldCase whether upper and lower case are the same; the text is then in lower case
 */
record Feature(Kind kind, String text, int weight, boolean foldCase) {
  enum Kind {
    LINE,
    ANYWHERE,
    WORD
  }

  /** Reads {@code ^line start*line end=3}, {@code ~anywhere=2} or {@code word=1}; i folds case. */
  static Feature parse(String written) {
    int split = written.lastIndexOf('=');
    int weight = Integer.parseInt(written.substring(split + 1));
    String text = written.substring(0, split);
    boolean folds = text.startsWith("i^") || text.startsWith("i~");
    String sign = folds ? text.substring(1) : text;
    Kind kind =
        switch (sign.charAt(0)) {
          case '^' -> Kind.LINE;
          case '~' -> Kind.ANYWHERE;
          default -> Kind.WORD;
        };
    String found = kind == Kind.WORD ? sign : sign.substring(1);
    return new Feature(kind, folds ? found.toLowerCase(Locale.ROOT) : found, weight, folds);
  }

  boolean matchesLine(String line) {
    int split = text.indexOf('*', 1);
    if (split < 0) {
      return line.startsWith(text);
    }
    return line.length() >= text.length() - 1
        && line.startsWith(text.substring(0, split))
        && line.endsWith(text.substring(split + 1));
  }
}
