// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * Figures of a text in a known language. A line is code, comment or blank; one with both code and
 * comment is code.
 *
 * @param functions with a body, or declared by the language's own word
 * @param maxNesting deepest level by braces, brackets, tags or indentation, as the language nests
 * @param branchPoints conditions, loops, cases, handlers and short-circuit operators
 */
public record CodeStatistics(
    int codeLines,
    int commentLines,
    int blankLines,
    int functions,
    int types,
    int maxNesting,
    int branchPoints) {

  /** The share of comment lines among lines that are not blank. */
  public double commentShare() {
    int filled = codeLines + commentLines;
    return filled == 0 ? 0 : (double) commentLines / filled;
  }

  /** Decisions per function plus one, as cyclomatic complexity counts, on average. */
  public double complexityPerFunction() {
    return functions == 0 ? branchPoints + 1 : 1 + (double) branchPoints / functions;
  }

  static CodeStatistics of(SourceText source, Grammar grammar, Structure structure) {
    return new CodeStatistics(
        source.codeLines(),
        source.commentLines(),
        source.blankLines(),
        structure.functions(),
        structure.types(),
        Nesting.deepest(source, grammar.nesting()),
        structure.branchPoints());
  }
}
