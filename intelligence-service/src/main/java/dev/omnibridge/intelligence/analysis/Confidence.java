// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.List;
import java.util.Locale;

/** How far an analysis can be trusted, between 0 and 1, and the four parts that make it up. */
public record Confidence(double score, Level level, List<Part> parts) {

  /** The score in one word. */
  public enum Level {
    MINIMAL,
    LOW,
    MEDIUM,
    HIGH;

    static Level of(double score) {
      return score >= 0.8 ? HIGH : score >= 0.5 ? MEDIUM : score >= 0.2 ? LOW : MINIMAL;
    }
  }

  /** One part: its share of the score, its value between 0 and 1, and the figures behind it. */
  public record Part(String name, double weight, double value, String explanation) {}

  /**
   * What the score is computed from.
   *
   * @param analysisType whether the analysis could say what kind of content it is
   * @param recommendationCharacters length of all recommendations together, 0 without any
   * @param meanPatternCharacters mean length of the descriptions of the patterns
   * @param indicators how many of classification, patterns and relationships have something to say
   * @param treeLoaded whether the file was seen within its project
   */
  public record Evidence(
      boolean analysisType,
      int recommendationCharacters,
      int patterns,
      double meanPatternCharacters,
      int indicators,
      boolean treeLoaded,
      int relationships) {}

  public Confidence {
    parts = List.copyOf(parts);
  }

  static Confidence of(Evidence evidence) {
    List<Part> parts =
        List.of(
            dataQuality(evidence),
            patternStrength(evidence),
            coverage(evidence),
            relationshipDensity(evidence));
    double sum = parts.stream().mapToDouble(part -> part.weight() * part.value()).sum();
    double score = rounded(sum);
    return new Confidence(score, Level.of(score), parts);
  }

  private static Part dataQuality(Evidence e) {
    int present = (e.analysisType() ? 1 : 0) + (e.recommendationCharacters() > 0 ? 1 : 0);
    boolean detailed = e.recommendationCharacters() > 100;
    return new Part(
        "data_quality",
        0.35,
        unit(present / 2.0 + (detailed ? 0.2 : 0)),
        say(
            "%d of 2 present (analysis type %s, recommendations %s); %d characters of"
                + " recommendations%s",
            present,
            e.analysisType() ? "yes" : "no",
            e.recommendationCharacters() > 0 ? "yes" : "no",
            e.recommendationCharacters(),
            detailed ? ", over 100: +0.2" : ""));
  }

  private static Part patternStrength(Evidence e) {
    double value = (unit(e.patterns() / 10.0) + unit(e.meanPatternCharacters() / 100)) / 2;
    return new Part(
        "pattern_strength",
        0.30,
        value,
        say(
            "mean of %d patterns / 10 and %.1f characters of mean description / 100",
            e.patterns(), e.meanPatternCharacters()));
  }

  private static Part coverage(Evidence e) {
    return new Part(
        "coverage",
        0.20,
        unit(e.indicators() / 3.0 + (e.treeLoaded() ? 0.3 : 0)),
        say(
            "%d of 3 indicators (classification, patterns, relationships)%s",
            e.indicators(), e.treeLoaded() ? "; project tree known: +0.3" : "; no project tree"));
  }

  private static Part relationshipDensity(Evidence e) {
    return new Part(
        "relationship_density",
        0.15,
        unit(e.relationships() / 20.0),
        say("%d relationships / 20", e.relationships()));
  }

  private static double unit(double value) {
    return Math.clamp(value, 0.0, 1.0);
  }

  /** Six decimals, so that a sum that should be 0.8 is not 0.7999999999999999. */
  private static double rounded(double value) {
    return Math.round(value * 1_000_000) / 1_000_000.0;
  }

  private static String say(String format, Object... figures) {
    return String.format(Locale.ROOT, format, figures);
  }
}
