// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

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
    List<Relationship> relationships) {

  @Nullable CodeStatistics code() {
    return reading == null ? null : reading.code();
  }

  int count(String pattern) {
    return patterns.stream()
        .filter(found -> found.name().equals(pattern))
        .mapToInt(Pattern::count)
        .sum();
  }
}
