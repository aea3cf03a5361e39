// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.sensitive.SensitiveKind.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sentences that follow from the figures: first what the content is, then what could be better. */
final class Recommendations {
  private static final int DEEP = 5;
  private static final int LONG_FILE = 400;
  private static final int WORTH_COMMENTS = 50;
  private static final double FEW_COMMENTS = 0.05;
  private static final double COMPLEX = 10;
  private static final double NO_MORE_TO_COMPRESS = 7.5;

  private final Findings found;
  private final List<String> sentences = new ArrayList<>();

  private Recommendations(Findings found) {
    this.found = found;
  }

  static List<String> of(Findings found) {
    return new Recommendations(found).conclude();
  }

  private List<String> conclude() {
    TextReading reading = found.reading();
    switch (found.type()) {
      case EMPTY -> {}
      case BINARY -> binary();
      case PLAIN_TEXT, DOCUMENT, SOURCE_CODE, MARKUP, STRUCTURED_DATA -> {
        if (reading != null) {
          summary(reading);
          secrets();
          encoding(reading);
          names(reading);
          code(reading);
          form();
        }
      }
    }
    if (found.sample().truncated()) {
      say(
          "Only the first %d of %d bytes were analysed: read every figure as a lower bound.",
          found.sample().bytes().length, found.sample().size());
    }
    return List.copyOf(sentences);
  }

  private void binary() {
    say(
        "This is binary content of type %s, %d bytes with %.2f bits of entropy per byte: keep it by"
            + " reference and verify it by its hash.",
        found.contentType().mediaType(), found.sample().size(), found.entropy());
    if (found.entropy() > NO_MORE_TO_COMPRESS) {
      say("It is compressed or encrypted already, so compressing it again gains nothing.");
    }
  }

  private void summary(TextReading reading) {
    LanguageGuess guess = reading.guess();
    TextStatistics text = reading.text();
    NaturalLanguage natural = reading.natural();
    String words = natural == null ? "" : " in " + natural.label();
    if (guess == null || reading.code() == null) {
      say(
          "This is plain text%s with %s and %s.",
          words, Plural.of(text.lines(), "line"), Plural.of(text.words(), "word"));
      return;
    }
    CodeStatistics code = reading.code();
    String label = guess.language().label();
    switch (guess.language().kind()) {
      case CODE ->
          say(
              "This is %s code with %s of code and %s of comments, %s and %s.",
              label,
              Plural.of(code.codeLines(), "line"),
              Plural.of(code.commentLines(), "line"),
              Plural.of(code.functions(), "function"),
              Plural.of(code.types(), "type"));
      case DOCUMENT ->
          say(
              "This is a document in %s%s with %s and %s.",
              label,
              natural == null ? "" : " and " + natural.label(),
              Plural.of(text.lines(), "line"),
              Plural.of(text.words(), "word"));
      case MARKUP, DATA ->
          say(
              "This is %s with %s, nested %s deep.",
              label, Plural.of(text.lines(), "line"), Plural.of(code.maxNesting(), "level"));
    }
  }

  private void secrets() {
    long keys = found.sureKeys();
    if (keys > 0) {
      say("Remove the private key from the content and replace the key, it counts as leaked.");
    }
    long others = found.sure(Category.SECRET) - keys;
    if (others > 0) {
      say(
          "Move %s out of the content and replace what it opens, it counts as leaked.",
          Plural.of(others, "secret"));
    }
    long personal = found.sure(Category.PERSONAL);
    if (personal > 0) {
      say(
          "Check whether personal data may be kept here: it stands in %s.",
          Plural.of(personal, "place"));
    }
  }

  private void encoding(TextReading reading) {
    Encoding encoding = reading.encoding();
    if (encoding.malformed() > 0) {
      say(
          "Repair %s: the text is otherwise %s.",
          Plural.of(encoding.malformed(), "malformed byte sequence"), encoding.charset());
    } else if (!encoding.charset().equals("UTF-8")) {
      say("Convert the text from %s to UTF-8.", encoding.charset());
    }
  }

  private void names(TextReading reading) {
    LanguageGuess guess = reading.guess();
    if (guess != null && !guess.contentAgrees()) {
      say(
          "Check the file name: it says %s, but the text shows no sign of it and looks like another"
              + " language.",
          guess.language().label());
    }
  }

  private void code(TextReading reading) {
    CodeStatistics code = reading.code();
    if (code == null || !reading.isCode()) {
      return;
    }
    if (code.maxNesting() > DEEP) {
      say("Flatten the deepest block: code is nested %d levels deep.", code.maxNesting());
    }
    if (code.functions() > 0 && code.complexityPerFunction() > COMPLEX) {
      say(
          "Split the functions with most decisions: %d branch points in %s give a complexity of"
              + " %.1f each.",
          code.branchPoints(),
          Plural.of(code.functions(), "function"),
          code.complexityPerFunction());
    }
    if (code.codeLines() > LONG_FILE) {
      say("Consider dividing the file: it has %d lines of code.", code.codeLines());
    }
    if (code.codeLines() >= WORTH_COMMENTS && code.commentShare() < FEW_COMMENTS) {
      say(
          "Say why in a few comments: %s beside %d lines of code.",
          Plural.of(code.commentLines(), "comment line"), code.codeLines());
    }
  }

  private void form() {
    count(Patterns.TODO, "marker", "Settle or file %s of open work.");
    count(Patterns.LONG_LINES, "line", "Break %s of more than 120 characters.");
    count(Patterns.MIXED_INDENTATION, "line", "Use one kind of indentation: %s off.");
    count(Patterns.MIXED_BREAKS, "line", "Use one kind of line ending: %s off.");
    count(Patterns.TRAILING_SPACE, "line", "Remove the white space at the end of %s.");
  }

  private void count(String pattern, String noun, String sentence) {
    int count = found.count(pattern);
    if (count > 0) {
      say(sentence, Plural.of(count, noun));
    }
  }

  private void say(String sentence, Object... figures) {
    sentences.add(String.format(Locale.ROOT, sentence, figures));
  }
}
