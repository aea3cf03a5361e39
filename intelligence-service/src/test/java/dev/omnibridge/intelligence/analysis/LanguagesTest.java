// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LanguagesTest {
  @ParameterizedTest
  @EnumSource
  void shouldKnowALanguageByItsFileName(Language language) {
    LanguageGuess guess = guess(Samples.text(language), Samples.FILES.get(language));
    assertThat(guess).isNotNull();
    assertThat(guess.language()).as(guess.toString()).isEqualTo(language);
    assertThat(guess.contentAgrees()).as(guess.toString()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldKnowALanguageByItsTextAlone(Language language) {
    LanguageGuess guess = guess(Samples.text(language), "");
    assertThat(guess).isNotNull();
    assertThat(guess.language()).as(guess.toString()).isEqualTo(language);
    assertThat(guess.certainty()).as(guess.toString()).isGreaterThan(0.1);
  }

  @ParameterizedTest
  @EnumSource
  void shouldNotTakeAFileEndingForAnotherLanguage(Language language) {
    LanguageGuess guess = guess(Samples.text(Language.JAVA), Samples.FILES.get(language));
    assertThat(guess).isNotNull();
    assertThat(guess.language()).isEqualTo(language);
    if (language == Language.PYTHON) {
      assertThat(guess.runnerUp()).isEqualTo(Language.JAVA);
    }
  }

  @Test
  void shouldSayWhenTheTextContradictsTheName() {
    LanguageGuess guess = guess(Samples.text(Language.JAVA), "pens.css");
    assertThat(guess).isNotNull();
    assertThat(guess.contentAgrees()).isFalse();
  }

  @Test
  void shouldDecideASharedEndingByTheText() {
    LanguageGuess cpp = guess(Samples.text(Language.CPP), "basket.h");
    LanguageGuess c = guess(Samples.text(Language.C), "basket.h");
    assertThat(cpp).isNotNull().extracting(LanguageGuess::language).isEqualTo(Language.CPP);
    assertThat(c).isNotNull().extracting(LanguageGuess::language).isEqualTo(Language.C);
  }

  @ParameterizedTest
  @CsvSource({
    "#!/usr/bin/env python3, PYTHON",
    "#! /bin/sh -e, SHELL",
    "#!/usr/bin/env -S node --harmony, JAVASCRIPT",
    "#!/opt/ruby2.7, RUBY",
    "#!/usr/bin/env A=b bash, SHELL"
  })
  void shouldKnowAScriptByItsInterpreter(String firstLine, Language language) {
    LanguageGuess guess = guess(firstLine + "\nx\n", "run");
    assertThat(guess).isNotNull().extracting(LanguageGuess::language).isEqualTo(language);
  }

  @Test
  void shouldNotGuessTheLanguageOfAScriptForAnInterpreterItDoesNotKnow() {
    assertThat(guess("#!/usr/bin/perl -w\n" + Samples.text(Language.RUBY), "run")).isNull();
  }

  @Test
  void shouldNotTakeProseForCode() {
    String prose =
        """
        The class of 1962 met again. Import duties, it was said, are public and static; None of
        them returned.

        From there we went to see what was left of it, where True North points, if you let it.
        Note: bring your self. Select what you need, update the rest.
        """;
    assertThat(guess(prose, "")).isNull();
    assertThat(guess(prose, "letter.txt")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": [1, -2.5e3, true, false, null, {}, []]}|true",
        "[]|true",
        "[1,]|false",
        "{\"a\" 1}|false",
        "{\"a\":1}}|false",
        "{\"a\":|false",
        "[1 2]|false",
        "{1:2}|false",
        "[tru]|false",
        "\"text\"|false"
      })
  void shouldTellJsonFromWhatOnlyLooksLikeIt(String text, boolean json) {
    assertThat(Json.wellFormed(text, false)).isEqualTo(json);
  }

  @Test
  void shouldTakeTheBeginningOfJsonWhenItWasCut() {
    String json = Samples.text(Language.JSON).strip();
    for (int end = 1; end <= json.length(); end++) {
      assertThat(Json.wellFormed(json.substring(0, end), true)).as("cut at %d", end).isTrue();
      assertThat(Json.wellFormed(json.substring(0, end), false)).isEqualTo(end == json.length());
    }
  }

  private static LanguageGuess guess(String text, String fileName) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Sample sample = Sample.first(Sample.DEFAULT_LIMIT, bytes, "some/" + fileName);
    return Languages.guess(Lines.of(text), sample.fileName(), false);
  }
}
