// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text with everything the later passes ask about it. */
record TextReading(
    Encoding encoding,
    Lines lines,
    SourceText source,
    @Nullable LanguageGuess guess,
    @Nullable NaturalLanguage natural,
    TextStatistics text,
    @Nullable CodeStatistics code,
    List<OutlineEntry> outline) {

  static TextReading of(Sample sample, Decoded decoded) {
    Lines lines = Lines.of(decoded.text());
    LanguageGuess guess = Languages.guess(lines, sample.fileName(), sample.truncated());
    Language language = guess == null ? null : guess.language();
    SourceText source = SourceText.of(lines, Syntax.of(language));
    Grammar grammar = Grammar.of(language);
    Structure structure = language == null ? null : Structure.of(source, grammar, language);
    return new TextReading(
        decoded.encoding(),
        lines,
        source,
        guess,
        NaturalLanguages.guess(isProse(language) ? decoded.text() : source.comments()),
        TextStatistics.of(lines),
        structure == null ? null : CodeStatistics.of(source, grammar, structure),
        structure == null ? List.of() : structure.outline());
  }

  @Nullable Language language() {
    return guess == null ? null : guess.language();
  }

  boolean isProse() {
    return isProse(language());
  }

  boolean isCode() {
    return guess != null && guess.language().kind() == Language.Kind.CODE;
  }

  /** Where people write to people: the comments of a source, all of a document. */
  String remarks() {
    return isProse() ? lines.text() : source.comments();
  }

  private static boolean isProse(@Nullable Language language) {
    return language == null || language.kind() == Language.Kind.DOCUMENT;
  }
}
