// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What counts as a function, a type, a branch and a level of nesting in a language. */
record Grammar(
    Functions functions,
    Set<String> functionWords,
    Types types,
    Set<String> typeWords,
    Set<String> branchWords,
    boolean ternary,
    Nesting nesting) {

  enum Functions {
    NONE,
    /** A name, its parentheses, then a brace. */
    PARENTHESES_AND_BRACE,
    /** A word such as {@code fun} anywhere. */
    WORD,
    /** A word such as {@code def}, first on its line. */
    WORD_FIRST_ON_LINE
  }

  enum Types {
    NONE,
    /** A word and a name. */
    WORD_AND_NAME,
    /** A word and a name, then a brace, because without the brace it only refers to the type. */
    WORD_NAME_AND_BRACE,
    /** A word and a name, first on its line. */
    WORD_FIRST_ON_LINE
  }

  enum Nesting {
    BRACES,
    BRACKETS,
    INDENTATION,
    TAGS,
    NONE
  }

  private static final Set<String> BRANCHES =
      Set.of("if", "for", "while", "case", "catch", "foreach");

  static Grammar of(@Nullable Language language) {
    if (language == null) {
      return nested(Nesting.NONE);
    }
    return switch (language) {
      case JAVA -> braces(Types.WORD_AND_NAME, "class", "interface", "enum", "record");
      case JAVASCRIPT -> braces(Types.WORD_AND_NAME, "class");
      case TYPESCRIPT -> braces(Types.WORD_AND_NAME, "class", "interface", "enum", "type");
      case CSHARP -> braces(Types.WORD_AND_NAME, "class", "interface", "enum", "struct", "record");
      case C -> braces(Types.WORD_NAME_AND_BRACE, "struct", "union", "enum");
      case CPP -> braces(Types.WORD_NAME_AND_BRACE, "class", "struct", "union", "enum");
      case GO ->
          words(Functions.WORD_FIRST_ON_LINE, "func", Types.WORD_FIRST_ON_LINE, "type")
              .branchingOn(Set.of("if", "for", "case"));
      case RUST ->
          words(Functions.WORD, "fn", Types.WORD_AND_NAME, "struct", "enum", "trait", "union")
              .branchingOn(Set.of("if", "for", "while", "match", "loop"));
      case KOTLIN ->
          words(Functions.WORD, "fun", Types.WORD_AND_NAME, "class", "interface", "object")
              .branchingOn(Set.of("if", "for", "while", "when", "catch"));
      case PROTOBUF ->
          words(
                  Functions.WORD_FIRST_ON_LINE,
                  "rpc",
                  Types.WORD_NAME_AND_BRACE,
                  "message",
                  "enum",
                  "service")
              .branchingOn(Set.of());
      case PYTHON ->
          indented(Functions.WORD_FIRST_ON_LINE, "def", Types.WORD_FIRST_ON_LINE, "class")
              .branchingOn(Set.of("if", "elif", "for", "while", "except", "and", "or"));
      case RUBY ->
          indented(Functions.WORD_FIRST_ON_LINE, "def", Types.WORD_FIRST_ON_LINE, "class", "module")
              .branchingOn(
                  Set.of(
                      "if", "elsif", "unless", "while", "until", "for", "when", "rescue", "and",
                      "or"));
      case SHELL ->
          new Grammar(
              Functions.PARENTHESES_AND_BRACE,
              Set.of(),
              Types.NONE,
              Set.of(),
              Set.of("if", "elif", "for", "while", "until"),
              false,
              Nesting.INDENTATION);
      case SQL ->
          new Grammar(
              Functions.WORD,
              Set.of("function", "procedure"),
              Types.WORD_AND_NAME,
              Set.of("table", "view", "type"),
              Set.of("when", "if", "elsif", "loop"),
              false,
              Nesting.INDENTATION);
      case HTML, XML -> nested(Nesting.TAGS);
      case CSS -> nested(Nesting.BRACES);
      case JSON -> nested(Nesting.BRACKETS);
      case YAML, PROPERTIES, DOCKERFILE, MARKDOWN -> nested(Nesting.INDENTATION);
    };
  }

  private static Grammar braces(Types types, String... typeWords) {
    return new Grammar(
        Functions.PARENTHESES_AND_BRACE,
        Set.of(),
        types,
        Set.of(typeWords),
        BRANCHES,
        true,
        Nesting.BRACES);
  }

  private static Grammar words(
      Functions functions, String functionWord, Types types, String... typeWords) {
    return new Grammar(
        functions, Set.of(functionWord), types, Set.of(typeWords), BRANCHES, false, Nesting.BRACES);
  }

  private static Grammar indented(
      Functions functions, String functionWord, Types types, String... typeWords) {
    return new Grammar(
        functions,
        Set.of(functionWord),
        types,
        Set.of(typeWords),
        BRANCHES,
        false,
        Nesting.INDENTATION);
  }

  private static Grammar nested(Nesting nesting) {
    return new Grammar(Functions.NONE, Set.of(), Types.NONE, Set.of(), Set.of(), false, nesting);
  }

  private Grammar branchingOn(Set<String> words) {
    return new Grammar(functions, functionWords, types, typeWords, words, ternary, nesting);
  }
}
