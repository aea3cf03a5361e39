// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Words that nearly every text or source file has, and that therefore say little about one. */
public final class CommonWords {
  private static final List<String> EVERYWHERE =
      List.of(
          "the",
          "and",
          "for",
          "that",
          "this",
          "with",
          "are",
          "not",
          "from",
          "public",
          "private",
          "static",
          "final",
          "class",
          "void",
          "return",
          "import",
          "new",
          "int",
          "string",
          "java",
          "util",
          "package",
          "var",
          "let",
          "const",
          "function",
          "def",
          "self",
          "null",
          "true",
          "false",
          "else",
          "throws",
          "override",
          "license",
          "spdx",
          "identifier",
          "apache");

  private CommonWords() {}

  /** These words, and some that are common for one purpose only. */
  public static Set<String> and(String... more) {
    Set<String> words = new HashSet<>(EVERYWHERE);
    words.addAll(List.of(more));
    return Set.copyOf(words);
  }
}
