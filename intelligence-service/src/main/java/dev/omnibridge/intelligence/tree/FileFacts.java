// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import dev.omnibridge.intelligence.analysis.Analysis;
import dev.omnibridge.intelligence.analysis.OutlineEntry;
import dev.omnibridge.intelligence.analysis.Relationship;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a tree keeps of the analysis of a file.
 *
 * @param language empty if unknown
 * @param declared names of types and functions
 * @param references what the file imports, includes or links, as written
 * @param words that the text is about
 */
public record FileFacts(
    String language,
    List<String> declared,
    List<String> references,
    List<String> words,
    boolean tests,
    boolean generated) {
  private static final int MOST_DECLARED = 40;
  private static final int MOST_REFERENCES = 100;

  /** About how much memory they take, in bytes. */
  long bytes() {
    return 2L * Memory.OBJECT
        + Texts.bytes(declared)
        + Texts.bytes(references)
        + Texts.bytes(words);
  }

  /** Of a file whose content is not known. */
  public static final FileFacts NONE =
      new FileFacts("", List.of(), List.of(), List.of(), false, false);

  /** The facts of an analysed file; text is null for binary content. */
  public static FileFacts of(Analysis analysis, @Nullable String text) {
    return new FileFacts(
        analysis.language() == null ? "" : analysis.language().language().id(),
        Texts.of(declared(analysis)),
        Texts.of(
            analysis.relationships().stream()
                .filter(link -> !link.target().contains("://"))
                .map(Relationship::target)
                .limit(MOST_REFERENCES)
                .toList()),
        text == null ? List.of() : Texts.of(Keywords.of(text)),
        analysis.tags().contains("test"),
        analysis.tags().contains("generated"));
  }

  private static List<String> declared(Analysis analysis) {
    var types = analysis.outline().stream().filter(e -> e.kind() == OutlineEntry.Kind.TYPE);
    var functions = analysis.outline().stream().filter(e -> e.kind() == OutlineEntry.Kind.FUNCTION);
    return Stream.concat(types, functions)
        .map(OutlineEntry::name)
        .distinct()
        .limit(MOST_DECLARED)
        .toList();
  }
}
