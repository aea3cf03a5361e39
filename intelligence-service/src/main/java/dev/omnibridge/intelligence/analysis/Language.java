// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.List;
import java.util.Locale;

/** The languages of code, markup and data that can be told apart, and the file names they use. */
public enum Language {
  JAVA("Java", Kind.CODE, ".java"),
  PYTHON("Python", Kind.CODE, ".py .pyi .pyw"),
  JAVASCRIPT("JavaScript", Kind.CODE, ".js .mjs .cjs .jsx"),
  TYPESCRIPT("TypeScript", Kind.CODE, ".ts .mts .cts .tsx"),
  GO("Go", Kind.CODE, ".go"),
  RUST("Rust", Kind.CODE, ".rs"),
  C("C", Kind.CODE, ".c .h"),
  CPP("C++", Kind.CODE, ".cpp .cc .cxx .hpp .hh .hxx .h"),
  CSHARP("C#", Kind.CODE, ".cs .csx"),
  KOTLIN("Kotlin", Kind.CODE, ".kt .kts"),
  RUBY("Ruby", Kind.CODE, ".rb .rake .gemspec gemfile rakefile"),
  SHELL("Shell", Kind.CODE, ".sh .bash .zsh .ksh"),
  SQL("SQL", Kind.CODE, ".sql"),
  HTML("HTML", Kind.MARKUP, ".html .htm .xhtml"),
  CSS("CSS", Kind.MARKUP, ".css"),
  XML("XML", Kind.MARKUP, ".xml .xsd .xsl .xslt .svg .wsdl .rng"),
  JSON("JSON", Kind.DATA, ".json .geojson .webmanifest"),
  YAML("YAML", Kind.DATA, ".yaml .yml"),
  MARKDOWN("Markdown", Kind.DOCUMENT, ".md .markdown"),
  PROTOBUF("Protocol Buffers", Kind.CODE, ".proto"),
  DOCKERFILE("Dockerfile", Kind.CODE, ".dockerfile dockerfile containerfile"),
  PROPERTIES("Properties", Kind.DATA, ".properties .ini .cfg .env .editorconfig .gitattributes");

  /** What a file of the language is for. */
  public enum Kind {
    CODE,
    MARKUP,
    DATA,
    DOCUMENT
  }

  private final String label;
  private final Kind kind;
  private final List<String> names;

  /** Names with a dot in front are endings, others whole file names; all in lower case. */
  Language(String label, Kind kind, String names) {
    this.label = label;
    this.kind = kind;
    this.names = List.of(names.split(" "));
  }

  /** The name people use. */
  public String label() {
    return label;
  }

  /** What a file of this language is for. */
  public Kind kind() {
    return kind;
  }

  /** The stable lower-case id used in tags. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The ending or name by which this file belongs to the language, empty when it does not. */
  String matchedName(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    for (String name : names) {
      boolean ending = name.startsWith(".");
      if (ending ? lower.endsWith(name) : lower.equals(name) || lower.startsWith(name + ".")) {
        return name;
      }
    }
    return "";
  }
}
