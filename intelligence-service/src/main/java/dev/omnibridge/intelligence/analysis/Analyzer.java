// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Analyses one content at a time, in time linear in the sample. It never throws for any bytes,
 * keeps nothing between calls and may be used by many threads.
 */
public final class Analyzer {
  private final ContentTypes types = new ContentTypes();

  /** The sample's limit bounds the work: see {@link Sample#DEFAULT_LIMIT}. */
  public Analysis analyze(Sample sample) {
    Decoded decoded =
        sample.bytes().length == 0 ? null : Decoded.from(sample.bytes(), sample.truncated());
    boolean text = sample.bytes().length == 0 || decoded != null;
    ContentType contentType = types.detect(sample, text);
    if (decoded == null) {
      return concluded(withoutText(sample, contentType));
    }
    var reading = TextReading.of(sample, decoded);
    return concluded(
        new Findings(
            sample,
            AnalysisType.ofText(reading.guess()),
            contentType,
            TextStatistics.entropy(sample.bytes()),
            reading,
            Patterns.find(reading),
            Relationships.find(reading.source(), reading.language())));
  }

  private static Findings withoutText(Sample sample, ContentType contentType) {
    boolean empty = sample.bytes().length == 0;
    List<Pattern> patterns =
        contentType.recognisedByContent()
            ? List.of(new Pattern("file-signature", signature(contentType), 1, 0))
            : List.of();
    return new Findings(
        sample,
        empty ? AnalysisType.EMPTY : AnalysisType.BINARY,
        contentType,
        TextStatistics.entropy(sample.bytes()),
        null,
        patterns,
        List.of());
  }

  private static String signature(ContentType contentType) {
    return "The first bytes carry the signature of " + contentType.mediaType();
  }

  private static Analysis concluded(Findings found) {
    List<String> recommendations = Recommendations.of(found);
    TextReading reading = found.reading();
    return new Analysis(
        found.type(),
        found.sample().size(),
        found.sample().bytes().length,
        found.sample().truncated(),
        found.contentType(),
        found.entropy(),
        reading == null ? null : reading.encoding(),
        reading == null ? null : reading.guess(),
        reading == null ? null : reading.natural(),
        reading == null ? textOf(found.type()) : reading.text(),
        reading == null ? null : reading.code(),
        found.patterns(),
        found.relationships(),
        Tags.of(found),
        recommendations,
        Confidence.of(evidence(found, recommendations)));
  }

  private static @Nullable TextStatistics textOf(AnalysisType type) {
    return type == AnalysisType.EMPTY ? new TextStatistics(0, 0, 0, 0, 0) : null;
  }

  private static Confidence.Evidence evidence(Findings found, List<String> recommendations) {
    boolean classified = found.type() != AnalysisType.EMPTY;
    int indicators =
        (classified ? 1 : 0)
            + (found.patterns().isEmpty() ? 0 : 1)
            + (found.relationships().isEmpty() ? 0 : 1);
    return new Confidence.Evidence(
        classified,
        recommendations.stream().mapToInt(String::length).sum(),
        found.patterns().size(),
        found.patterns().stream().mapToInt(p -> p.description().length()).average().orElse(0),
        indicators,
        false,
        found.relationships().size());
  }
}
