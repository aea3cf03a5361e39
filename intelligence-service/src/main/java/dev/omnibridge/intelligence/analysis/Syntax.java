// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a language writes comments and strings: enough to tell both from code in one pass. */
record Syntax(List<LineComment> lineComments, List<Block> blocks, List<Quote> quotes) {

  enum Where {
    ANYWHERE,
    AFTER_SPACE,
    LINE_START
  }

  record LineComment(String mark, Where where) {}

  record Block(String open, String close, Where where) {}

  enum Kind {
    /** Ends with its line at the latest; a backslash escapes. */
    SHORT,
    /** May span lines; a backslash escapes. */
    LONG,
    /** May span lines; nothing escapes. */
    RAW,
    /** One character or one escape; anything else is no literal (Rust lifetimes, 1'000). */
    CHARACTER,
    /** A LONG string that is a comment where it starts a line. */
    DOCSTRING
  }

  record Quote(String mark, Kind kind) {}

  private static final List<LineComment> SLASHES = List.of(new LineComment("//", Where.ANYWHERE));
  private static final List<LineComment> HASH = List.of(new LineComment("#", Where.ANYWHERE));
  private static final List<LineComment> SPACED_HASH =
      List.of(new LineComment("#", Where.AFTER_SPACE));
  private static final Block C_BLOCK = new Block("/*", "*/", Where.ANYWHERE);
  private static final Block XML_BLOCK = new Block("<!--", "-->", Where.ANYWHERE);
  private static final Quote TEXT = new Quote("\"", Kind.SHORT);
  private static final Quote LETTER = new Quote("'", Kind.CHARACTER);
  private static final Quote SINGLE = new Quote("'", Kind.SHORT);

  static Syntax of(@Nullable Language language) {
    if (language == null) {
      return nothing();
    }
    return switch (language) {
      case JAVA, KOTLIN -> slashes(new Quote("\"\"\"", Kind.LONG), TEXT, LETTER);
      case C, CPP -> slashes(TEXT, LETTER);
      case CSHARP -> slashes(new Quote("\"\"\"", Kind.RAW), TEXT, LETTER);
      case RUST -> slashes(new Quote("\"", Kind.LONG), LETTER);
      case GO -> slashes(new Quote("`", Kind.RAW), TEXT, LETTER);
      case JAVASCRIPT, TYPESCRIPT -> slashes(new Quote("`", Kind.LONG), TEXT, SINGLE);
      case PROTOBUF -> slashes(TEXT, SINGLE);
      case CSS -> new Syntax(List.of(), List.of(C_BLOCK), List.of(TEXT, SINGLE));
      case PYTHON ->
          new Syntax(
              HASH,
              List.of(),
              List.of(
                  new Quote("\"\"\"", Kind.DOCSTRING),
                  new Quote("'''", Kind.DOCSTRING),
                  TEXT,
                  SINGLE));
      case RUBY ->
          new Syntax(
              HASH,
              List.of(new Block("=begin", "\n=end", Where.LINE_START)),
              List.of(TEXT, SINGLE));
      case SHELL ->
          new Syntax(
              SPACED_HASH,
              List.of(),
              List.of(new Quote("\"", Kind.LONG), new Quote("'", Kind.RAW)));
      case SQL ->
          new Syntax(
              List.of(new LineComment("--", Where.ANYWHERE)),
              List.of(C_BLOCK),
              List.of(new Quote("'", Kind.RAW)));
      case HTML, XML, MARKDOWN -> new Syntax(List.of(), List.of(XML_BLOCK), List.of());
      case JSON -> new Syntax(List.of(), List.of(), List.of(TEXT));
      case YAML -> new Syntax(SPACED_HASH, List.of(), List.of());
      case DOCKERFILE ->
          new Syntax(List.of(new LineComment("#", Where.LINE_START)), List.of(), List.of());
      case PROPERTIES ->
          new Syntax(
              List.of(
                  new LineComment("#", Where.LINE_START),
                  new LineComment("!", Where.LINE_START),
                  new LineComment(";", Where.LINE_START)),
              List.of(),
              List.of());
    };
  }

  private static Syntax slashes(Quote... quotes) {
    return new Syntax(SLASHES, List.of(C_BLOCK), List.of(quotes));
  }

  private static Syntax nothing() {
    return new Syntax(List.of(), List.of(), List.of());
  }
}
