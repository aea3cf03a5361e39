// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What kind of content an analysis found, from which follows what it could look at. */
public enum AnalysisType {
  EMPTY,
  BINARY,
  PLAIN_TEXT,
  DOCUMENT,
  SOURCE_CODE,
  MARKUP,
  STRUCTURED_DATA;

  /** The stable lower-case id. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AnalysisType ofText(@Nullable LanguageGuess guess) {
    if (guess == null) {
      return PLAIN_TEXT;
    }
    return switch (guess.language().kind()) {
      case CODE -> SOURCE_CODE;
      case MARKUP -> MARKUP;
      case DATA -> STRUCTURED_DATA;
      case DOCUMENT -> DOCUMENT;
    };
  }
}
