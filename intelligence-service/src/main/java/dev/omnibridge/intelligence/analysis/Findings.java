// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.license.LicenseFinding;
import dev.omnibridge.intelligence.sensitive.SensitiveFinding;
import dev.omnibridge.intelligence.sensitive.SensitiveKind;
import dev.omnibridge.intelligence.sensitive.SensitiveKind.Category;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the passes over a content found, before tags, recommendations and confidence are drawn. */
record Findings(
    Sample sample,
    AnalysisType type,
    ContentType contentType,
    double entropy,
    @Nullable TextReading reading,
    List<Pattern> patterns,
    List<Relationship> relationships,
    List<SensitiveFinding> sensitive,
    List<LicenseFinding> licenses) {

  @Nullable CodeStatistics code() {
    return reading == null ? null : reading.code();
  }

  int count(String pattern) {
    return patterns.stream()
        .filter(found -> found.name().equals(pattern))
        .mapToInt(Pattern::count)
        .sum();
  }

  /** Findings of a category that are no placeholder or example. */
  long sure(Category category) {
    return sensitive.stream()
        .filter(found -> found.kind().category() == category && found.sure())
        .count();
  }

  /** Private keys, which have a sentence of their own. */
  long sureKeys() {
    return sensitive.stream()
        .filter(one -> one.kind() == SensitiveKind.PRIVATE_KEY && one.sure())
        .count();
  }
}
