// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.ConfidencePart;
import dev.omnibridge.api.intelligence.v1.Finding;
import dev.omnibridge.intelligence.analysis.Analysis;
import dev.omnibridge.intelligence.analysis.AnalysisType;
import dev.omnibridge.intelligence.analysis.CodeStatistics;
import dev.omnibridge.intelligence.analysis.Confidence;
import dev.omnibridge.intelligence.analysis.OutlineEntry;
import dev.omnibridge.intelligence.analysis.Pattern;
import dev.omnibridge.intelligence.analysis.Relationship;
import dev.omnibridge.intelligence.analysis.TextStatistics;
import dev.omnibridge.intelligence.license.LicenseFinding;
import dev.omnibridge.intelligence.sensitive.SensitiveFinding;
import java.util.Locale;

/** Writes an analysis as the message of the contract. */
final class AnalysisMessages {
  private AnalysisMessages() {}

  static dev.omnibridge.api.intelligence.v1.Analysis toMessage(Analysis analysis) {
    var message =
        dev.omnibridge.api.intelligence.v1.Analysis.newBuilder()
            .setContentType(analysis.contentType().mediaType())
            .setText(analysis.contentType().text())
            .setTruncated(analysis.truncated())
            .setAnalyzedBytes(analysis.analysedBytes())
            .setEntropyBits(analysis.entropy())
            .setAnalysisType(analysis.type().id())
            .addAllTags(analysis.tags())
            .addAllRecommendations(analysis.recommendations())
            .setConfidence(toMessage(analysis.confidence()));
    analysis.patterns().forEach(pattern -> message.addPatterns(toMessage(pattern)));
    analysis.relationships().forEach(link -> message.addRelationships(toMessage(link)));
    analysis.sensitive().forEach(found -> message.addSensitive(toMessage(found)));
    analysis.licenses().forEach(found -> message.addLicenses(toMessage(found)));
    analysis.outline().forEach(entry -> message.addOutline(toMessage(entry)));
    addText(analysis, message);
    return message.build();
  }

  private static void addText(
      Analysis analysis, dev.omnibridge.api.intelligence.v1.Analysis.Builder message) {
    if (analysis.encoding() != null) {
      message.setCharset(analysis.encoding().charset());
    }
    if (analysis.language() != null) {
      message.setLanguage(analysis.language().language().id());
    }
    if (analysis.naturalLanguage() != null) {
      message.setNaturalLanguage(analysis.naturalLanguage().code());
    }
    if (analysis.text() != null) {
      message.setTextStatistics(toMessage(analysis.text()));
    }
    if (analysis.code() != null && analysis.type() == AnalysisType.SOURCE_CODE) {
      message.setCodeStatistics(toMessage(analysis.code()));
    }
  }

  private static dev.omnibridge.api.intelligence.v1.TextStatistics toMessage(TextStatistics text) {
    return dev.omnibridge.api.intelligence.v1.TextStatistics.newBuilder()
        .setLines(text.lines())
        .setBlankLines(text.blankLines())
        .setWords(text.words())
        .setCharacters(text.characters())
        .setLongestLine(text.longestLine())
        .build();
  }

  private static dev.omnibridge.api.intelligence.v1.CodeStatistics toMessage(CodeStatistics code) {
    return dev.omnibridge.api.intelligence.v1.CodeStatistics.newBuilder()
        .setCodeLines(code.codeLines())
        .setCommentLines(code.commentLines())
        .setFunctions(code.functions())
        .setTypes(code.types())
        .setBranchCount((long) code.branchPoints() + code.functions())
        .setMaxNesting(code.maxNesting())
        .build();
  }

  private static Finding toMessage(Pattern pattern) {
    return Finding.newBuilder()
        .setName(pattern.name())
        .setCount(pattern.count())
        .setDetail(pattern.description())
        .build();
  }

  private static dev.omnibridge.api.intelligence.v1.Relationship toMessage(Relationship link) {
    String kind =
        switch (link.kind()) {
          case IMPORT -> "imports";
          case INCLUDE -> "includes";
          case LINK -> "links";
          case REFERENCE -> "references";
        };
    return dev.omnibridge.api.intelligence.v1.Relationship.newBuilder()
        .setKind(kind)
        .setTarget(link.target())
        .build();
  }

  private static dev.omnibridge.api.intelligence.v1.SensitiveFinding toMessage(
      SensitiveFinding found) {
    return dev.omnibridge.api.intelligence.v1.SensitiveFinding.newBuilder()
        .setKind(found.kind().id())
        .setCategory(found.kind().category().id())
        .setLine(found.line())
        .setExcerpt(found.excerpt())
        .setConfidence(found.confidence())
        .build();
  }

  private static dev.omnibridge.api.intelligence.v1.LicenseFinding toMessage(LicenseFinding found) {
    return dev.omnibridge.api.intelligence.v1.LicenseFinding.newBuilder()
        .setSpdxId(found.spdxId())
        .setConfidence(found.confidence())
        .setSource(found.source().id())
        .setLine(found.line())
        .build();
  }

  private static dev.omnibridge.api.intelligence.v1.OutlineEntry toMessage(OutlineEntry entry) {
    return dev.omnibridge.api.intelligence.v1.OutlineEntry.newBuilder()
        .setKind(entry.kind().name().toLowerCase(Locale.ROOT))
        .setName(entry.name())
        .setFirstLine(entry.firstLine())
        .setLastLine(entry.lastLine())
        .setDepth(entry.depth())
        .build();
  }

  private static dev.omnibridge.api.intelligence.v1.Confidence toMessage(Confidence confidence) {
    var message =
        dev.omnibridge.api.intelligence.v1.Confidence.newBuilder()
            .setScore(confidence.score())
            .setLevel(confidence.level().name());
    for (Confidence.Part part : confidence.parts()) {
      message.addParts(
          ConfidencePart.newBuilder()
              .setName(part.name())
              .setWeight(part.weight())
              .setValue(part.value())
              .setExplanation(part.explanation()));
    }
    return message.build();
  }
}
