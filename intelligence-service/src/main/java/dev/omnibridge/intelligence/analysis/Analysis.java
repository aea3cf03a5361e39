// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.license.LicenseFinding;
import dev.omnibridge.intelligence.sensitive.SensitiveFinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything found out about one content. The same bytes and path always give an equal analysis.
 *
 * @param size of the whole content in bytes
 * @param analysedBytes how many of them were looked at, counted from the beginning
 * @param truncated whether bytes beyond the limit were left out
 * @param entropy of the analysed bytes in bits per byte
 * @param encoding null for binary and empty contents, as are the languages
 * @param text null for binary contents
 * @param code null unless the language is known
 * @param tags recommended for cataloguing, sorted
 * @param recommendations sentences that follow from the figures
 * @param outline types and functions in their order, empty unless the language is known
 * @param sensitive secrets and personal data, without their values
 * @param licenses that the text names or holds, surest first
 */
public record Analysis(
    AnalysisType type,
    long size,
    int analysedBytes,
    boolean truncated,
    ContentType contentType,
    double entropy,
    @Nullable Encoding encoding,
    @Nullable LanguageGuess language,
    @Nullable NaturalLanguage naturalLanguage,
    @Nullable TextStatistics text,
    @Nullable CodeStatistics code,
    List<Pattern> patterns,
    List<Relationship> relationships,
    List<String> tags,
    List<String> recommendations,
    List<OutlineEntry> outline,
    List<SensitiveFinding> sensitive,
    List<LicenseFinding> licenses,
    Confidence confidence) {

  public Analysis {
    patterns = List.copyOf(patterns);
    relationships = List.copyOf(relationships);
    tags = List.copyOf(tags);
    recommendations = List.copyOf(recommendations);
    outline = List.copyOf(outline);
    sensitive = List.copyOf(sensitive);
    licenses = List.copyOf(licenses);
  }
}
