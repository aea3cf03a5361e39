// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names the language of a text. A file name or a "#!" line weighs {@value #NAME_POINTS} points;
 * what is typical in the text at most {@value #CONTENT_POINTS}: so a name decides, and the text
 * decides where the name says nothing or fits several languages.
 */
final class Languages {
  private static final int NAME_POINTS = 40;
  private static final int CONTENT_POINTS = 30;

  /** How often one feature counts. */
  private static final int REPEATS = 3;

  /** Without a name, this many points, either by one telling feature or by several good ones. */
  private static final int ENOUGH_POINTS = 8;

  private static final int ENOUGH_FEATURES = 3;
  private static final int GOOD_WEIGHT = 3;
  private static final int TELLING_WEIGHT = 5;

  /** Characters of the text that are looked at. */
  private static final int WINDOW = 1 << 16;

  private static final Map<Language, List<Feature>> PROFILES = Profiles.parsed();

  private Languages() {}

  /**
   * Null for prose, and for a script whose interpreter says that its language is not known here.
   */
  static @Nullable LanguageGuess guess(Lines lines, String fileName, boolean cut) {
    Lines window =
        lines.text().length() <= WINDOW ? lines : Lines.of(lines.text().substring(0, WINDOW));
    boolean partial = cut || window != lines;
    String firstLine = lines.count() == 0 ? "" : lines.line(0);
    if (!Shebang.interpreter(firstLine).isEmpty() && Shebang.language(firstLine) == null) {
      return null;
    }
    var text = Text.of(window);
    var scores = new ArrayList<Score>();
    for (Language language : Language.values()) {
      scores.add(score(language, fileName, text, partial));
    }
    return choose(scores);
  }

  private record Score(
      Language language, int name, int content, boolean proven, List<String> reasons) {
    int total() {
      return name + (proven || name > 0 ? content : 0);
    }
  }

  private static @Nullable LanguageGuess choose(List<Score> scores) {
    Score best = scores.getFirst();
    @Nullable Score second = null;
    Score bestContent = scores.getFirst();
    for (Score score : scores.subList(1, scores.size())) {
      if (score.total() > best.total()) {
        second = best;
        best = score;
      } else if (second == null || score.total() > second.total()) {
        second = score;
      }
      bestContent = score.content() > bestContent.content() ? score : bestContent;
    }
    if (best.total() == 0 || second == null) {
      return null;
    }
    double lead = (double) (best.total() - second.total()) / NAME_POINTS;
    boolean agrees =
        best.content() >= ENOUGH_FEATURES
            || !bestContent.proven()
            || bestContent.content() < 2 * ENOUGH_POINTS;
    return new LanguageGuess(
        best.language(),
        Math.clamp(lead, 0.0, 1.0),
        best.reasons(),
        second.total() > 0 ? second.language() : null,
        agrees);
  }

  private static Score score(Language language, String fileName, Text text, boolean partial) {
    var reasons = new ArrayList<String>();
    int name = 0;
    String matched = language.matchedName(fileName);
    if (!matched.isEmpty()) {
      name += NAME_POINTS;
      reasons.add("the file name matches " + matched);
    }
    String firstLine = text.firstLine();
    if (Shebang.language(firstLine) == language) {
      name += NAME_POINTS;
      reasons.add("the first line names the interpreter " + Shebang.interpreter(firstLine));
    }
    int form = Form.points(language, text.lines(), partial);
    if (form > 0) {
      reasons.add("the text has the form of " + language.label());
    }
    var found = new Found(form);
    for (Feature feature : PROFILES.getOrDefault(language, List.of())) {
      found.add(feature, Math.min(REPEATS, text.count(feature)));
    }
    found.explain(reasons);
    return new Score(
        language, name, Math.min(CONTENT_POINTS, found.points), found.proves(form), reasons);
  }

  private static final class Found {
    private static final int NAMED = 6;
    private final List<String> features = new ArrayList<>();
    private int points;
    private int different;
    private int heaviest;

    Found(int form) {
      points = form;
    }

    void add(Feature feature, int count) {
      if (count > 0) {
        points += count * feature.weight();
        different++;
        heaviest = Math.max(heaviest, feature.weight());
        features.add("\"" + feature.text().strip() + "\"");
      }
    }

    boolean proves(int form) {
      boolean good = different >= ENOUGH_FEATURES && heaviest >= GOOD_WEIGHT;
      return form > 0 || points >= ENOUGH_POINTS && (good || heaviest >= TELLING_WEIGHT);
    }

    void explain(List<String> reasons) {
      if (!features.isEmpty()) {
        List<String> first = features.subList(0, Math.min(NAMED, features.size()));
        int more = features.size() - first.size();
        reasons.add(
            "the text has "
                + String.join(", ", first)
                + (more > 0 ? " and " + more + " more" : ""));
      }
    }
  }

  /** The text, its lines without indentation, and how often each word occurs. */
  private record Text(
      Lines lines,
      String lower,
      List<String> stripped,
      List<String> strippedLower,
      Map<String, Integer> words) {

    static Text of(Lines lines) {
      var stripped = new ArrayList<String>();
      var strippedLower = new ArrayList<String>();
      for (int i = 0; i < lines.count(); i++) {
        String line = lines.line(i).strip();
        if (!line.isEmpty()) {
          stripped.add(line);
          strippedLower.add(line.toLowerCase(Locale.ROOT));
        }
      }
      String lower = lines.text().toLowerCase(Locale.ROOT);
      return new Text(lines, lower, stripped, strippedLower, words(lines.text()));
    }

    String firstLine() {
      return lines.count() == 0 ? "" : lines.line(0);
    }

    int count(Feature feature) {
      return switch (feature.kind()) {
        case WORD -> words.getOrDefault(feature.text(), 0);
        case ANYWHERE -> occurrences(feature.foldCase() ? lower : lines.text(), feature.text());
        case LINE -> lines(feature, feature.foldCase() ? strippedLower : stripped);
      };
    }

    private static int lines(Feature feature, List<String> lines) {
      int count = 0;
      for (int i = 0; i < lines.size() && count < REPEATS; i++) {
        count += feature.matchesLine(lines.get(i)) ? 1 : 0;
      }
      return count;
    }

    private static int occurrences(String text, String part) {
      int count = 0;
      int at = text.indexOf(part);
      while (at >= 0 && count < REPEATS) {
        count++;
        at = text.indexOf(part, at + part.length());
      }
      return count;
    }

    private static Map<String, Integer> words(String text) {
      var words = new HashMap<String, Integer>();
      int start = -1;
      for (int i = 0; i <= text.length(); i++) {
        boolean part = i < text.length() && Character.isJavaIdentifierPart(text.charAt(i));
        if (part && start < 0) {
          start = i;
        } else if (!part && start >= 0) {
          words.merge(text.substring(start, i), 1, Integer::sum);
          start = -1;
        }
      }
      return words;
    }
  }
}
