// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.license.Licenses;
import dev.omnibridge.intelligence.sensitive.SensitiveScan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Analyses one content at a time, in time linear in the sample. It never throws for any bytes,
 * keeps nothing between calls and may be used by many threads.
 */
public final class Analyzer {
  private final ContentTypes types = new ContentTypes();

  /** A file on its own. The sample's limit bounds the work: see {@link Sample#DEFAULT_LIMIT}. */
  public Analysis analyze(Sample sample) {
    return analyze(sample, false);
  }

  /** A file that may have been seen within its project, which makes the analysis surer. */
  public Analysis analyze(Sample sample, boolean treeLoaded) {
    Decoded decoded =
        sample.bytes().length == 0 ? null : Decoded.from(sample.bytes(), sample.truncated());
    boolean text = sample.bytes().length == 0 || decoded != null;
    ContentType contentType = types.detect(sample, text);
    if (decoded == null) {
      return concluded(withoutText(sample, contentType), treeLoaded);
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
            Relationships.find(reading.source(), reading.language()),
            SensitiveScan.of(decoded.text(), reading.isCode()),
            Licenses.of(decoded.text())),
        treeLoaded);
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
        List.of(),
        List.of(),
        List.of());
  }

  private static String signature(ContentType contentType) {
    return "The first bytes carry the signature of " + contentType.mediaType();
  }

  private static Analysis concluded(Findings found, boolean treeLoaded) {
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
        reading == null ? List.of() : reading.outline(),
        found.sensitive(),
        found.licenses(),
        Confidence.of(evidence(found, recommendations, treeLoaded)));
  }

  private static @Nullable TextStatistics textOf(AnalysisType type) {
    return type == AnalysisType.EMPTY ? new TextStatistics(0, 0, 0, 0, 0) : null;
  }

  private static Confidence.Evidence evidence(
      Findings found, List<String> recommendations, boolean treeLoaded) {
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
        treeLoaded,
        found.relationships().size());
  }
}
