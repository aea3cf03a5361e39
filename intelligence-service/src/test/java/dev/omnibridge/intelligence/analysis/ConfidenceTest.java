// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.omnibridge.intelligence.analysis.Confidence.Evidence;
import dev.omnibridge.intelligence.analysis.Confidence.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected scores are computed by hand from the formula. */
class ConfidenceTest {
  @Test
  void shouldBeZeroWithoutAnyEvidence() {
    Confidence confidence = Confidence.of(new Evidence(false, 0, 0, 0, 0, false, 0));
    assertThat(confidence.score()).isZero();
    assertThat(confidence.level()).isEqualTo(Level.MINIMAL);
  }

  @Test
  void shouldBeOneWithEveryPartFull() {
    Confidence confidence = Confidence.of(new Evidence(true, 500, 40, 250, 3, true, 90));
    assertThat(confidence.score()).isEqualTo(1.0);
    assertThat(confidence.level()).isEqualTo(Level.HIGH);
    assertThat(confidence.parts()).extracting(Confidence.Part::value).containsOnly(1.0);
  }

  @Test
  void shouldWeighItsFourParts() {
    // quality 2/2 = 1; strength (4/10 + 50/100) / 2 = 0.45; coverage 2/3; density 6/20 = 0.3
    // 0.35 + 0.30 * 0.45 + 0.20 * 2/3 + 0.15 * 0.3 = 0.35 + 0.135 + 0.133333 + 0.045
    Confidence confidence = Confidence.of(new Evidence(true, 80, 4, 50, 2, false, 6));
    assertThat(confidence.score()).isCloseTo(0.663333, within(1e-9));
    assertThat(confidence.level()).isEqualTo(Level.MEDIUM);
    assertThat(confidence.parts())
        .extracting(Confidence.Part::name)
        .containsExactly("data_quality", "pattern_strength", "coverage", "relationship_density");
    assertThat(confidence.parts())
        .extracting(Confidence.Part::weight)
        .containsExactly(0.35, 0.30, 0.20, 0.15);
  }

  @Test
  void shouldAddToHalfTheQualityWhenTheOnlyPartIsDetailed() {
    // quality 1/2 + 0.2 for more than 100 characters = 0.7; 0.35 * 0.7 = 0.245
    assertThat(Confidence.of(new Evidence(false, 101, 0, 0, 0, false, 0)).score()).isEqualTo(0.245);
    assertThat(Confidence.of(new Evidence(false, 100, 0, 0, 0, false, 0)).score()).isEqualTo(0.175);
  }

  @Test
  void shouldAddToTheCoverageWhenTheTreeIsKnown() {
    // 0.20 * (1/3 + 0.3) = 0.126667
    Confidence confidence = Confidence.of(new Evidence(false, 0, 0, 0, 1, true, 0));
    assertThat(confidence.score()).isEqualTo(0.126667);
  }

  @ParameterizedTest
  @CsvSource({
    "0.8, HIGH",
    "0.799999, MEDIUM",
    "0.5, MEDIUM",
    "0.499999, LOW",
    "0.2, LOW",
    "0.199999, MINIMAL"
  })
  void shouldNameTheLevelAtItsLimits(double score, Level level) {
    assertThat(Level.of(score)).isEqualTo(level);
  }

  @Test
  void shouldExplainEachPartByItsFigures() {
    Confidence confidence = Confidence.of(new Evidence(true, 80, 4, 50, 2, false, 6));
    assertThat(confidence.parts())
        .extracting(Confidence.Part::explanation)
        .containsExactly(
            "2 of 2 present (analysis type yes, recommendations yes); 80 characters of"
                + " recommendations",
            "mean of 4 patterns / 10 and 50.0 characters of mean description / 100",
            "2 of 3 indicators (classification, patterns, relationships); no project tree",
            "6 relationships / 20");
  }

  @Test
  void shouldFollowFromTheAnalysisOfARealFile() {
    Analysis analysis = Samples.analyze(Language.JAVA);
    int patterns = analysis.patterns().size();
    double mean =
        analysis.patterns().stream()
            .mapToInt(p -> p.description().length())
            .average()
            .orElseThrow();
    int characters = analysis.recommendations().stream().mapToInt(String::length).sum();
    double quality = Math.min(1, 1 + (characters > 100 ? 0.2 : 0));
    double strength = (Math.min(1, patterns / 10.0) + Math.min(1, mean / 100)) / 2;
    double density = analysis.relationships().size() / 20.0;
    assertThat(analysis.confidence().score())
        .isCloseTo(0.35 * quality + 0.3 * strength + 0.2 + 0.15 * density, within(1e-6));
    assertThat(analysis.confidence().level()).isEqualTo(Level.MEDIUM);
  }
}
