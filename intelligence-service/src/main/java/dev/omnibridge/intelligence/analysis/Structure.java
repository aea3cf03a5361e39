// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Set;

/** Functions, types and branch points, counted in one pass over the tokens of masked code. */
record Structure(int functions, int types, int branchPoints) {

  static Structure of(String code, Grammar grammar, Language language) {
    boolean foldCase = language == Language.SQL;
    return new Pass(foldCase ? code.toLowerCase(Locale.ROOT) : code, grammar, language).run();
  }

  private static final class Pass {
    /** Words that stand before a parenthesis without naming a function. */
    private static final Set<String> NO_FUNCTION =
        Set.of(
            "if",
            "for",
            "foreach",
            "while",
            "switch",
            "catch",
            "synchronized",
            "try",
            "return",
            "using",
            "lock",
            "fixed",
            "with",
            "do",
            "else",
            "sizeof",
            "await",
            "throw",
            "elif",
            "until",
            "super",
            "this");

    /** Words after which a name and parentheses are no definition. */
    private static final Set<String> NO_DEFINITION =
        Set.of("new", ".", "case", "record", "class", "struct", "enum", "@", "->", "?.");

    /** After these a type word only names a type that is declared elsewhere. */
    private static final Set<String> NO_TYPE = Set.of(".", "::", "import");

    private static final Set<String> SQL_BEFORE_DECLARED =
        Set.of("create", "replace", "temporary", "temp", "unlogged", "materialized");

    private static final String NOTHING = "";

    private final String code;
    private final Grammar grammar;
    private final Language language;
    private final ArrayDeque<String> parentheses = new ArrayDeque<>();
    private String before = NOTHING;
    private String last = NOTHING;
    private String candidate = NOTHING;
    private String openType = NOTHING;
    private boolean typeNamed;
    private boolean firstOnLine = true;
    private int functions;
    private int types;
    private int branchPoints;
    private int at;

    Pass(String code, Grammar grammar, Language language) {
      this.code = code;
      this.grammar = grammar;
      this.language = language;
    }

    Structure run() {
      while (at < code.length()) {
        char c = code.charAt(at);
        if (Character.isWhitespace(c)) {
          firstOnLine |= c == '\n' || c == '\r';
          at++;
        } else {
          String token = next(c);
          if (Character.isJavaIdentifierStart(c)) {
            word(token);
          } else {
            symbol(token);
          }
          before = last;
          last = token;
          firstOnLine = false;
        }
      }
      return new Structure(functions, types, branchPoints);
    }

    private String next(char c) {
      int start = at++;
      if (Character.isJavaIdentifierPart(c)) {
        while (at < code.length() && Character.isJavaIdentifierPart(code.charAt(at))) {
          at++;
        }
      } else if (at < code.length() && isPair(c, code.charAt(at))) {
        at++;
      }
      return code.substring(start, at);
    }

    private static boolean isPair(char first, char second) {
      return switch (first) {
        case '&', '|', ':' -> second == first;
        case '=', '-' -> second == '>';
        case '?' -> second == '.' || second == '?';
        default -> false;
      };
    }

    private void word(String token) {
      if (grammar.branchWords().contains(token) && !last.equals(".")) {
        branchPoints++;
      }
      functionWord(token);
      typeWord(token);
    }

    private void functionWord(String token) {
      boolean counts =
          switch (grammar.functions()) {
            case NONE, PARENTHESES_AND_BRACE -> false;
            case WORD -> grammar.functionWords().contains(token) && !(sql() && !created());
            case WORD_FIRST_ON_LINE ->
                grammar.functionWords().contains(token) && (firstOnLine || last.equals("async"));
          };
      functions += counts ? 1 : 0;
    }

    /** A name directly after a type word completes a declaration, or waits for its brace. */
    private void typeWord(String token) {
      if (grammar.typeWords().contains(token)) {
        openType = declaresType() ? token : NOTHING;
        typeNamed = false;
        candidate = NOTHING;
      } else if (!openType.isEmpty() && !typeNamed) {
        typeNamed = true;
        if (!waitsForBrace()) {
          types++;
          openType = NOTHING;
        }
      }
    }

    private boolean declaresType() {
      return (grammar.types() != Grammar.Types.WORD_FIRST_ON_LINE || firstOnLine)
          && !NO_TYPE.contains(last)
          && (!sql() || created());
    }

    private boolean waitsForBrace() {
      return grammar.types() == Grammar.Types.WORD_NAME_AND_BRACE;
    }

    private boolean sql() {
      return language == Language.SQL;
    }

    /** In SQL only what follows "create" (or "replace", "temporary", ...) declares something. */
    private boolean created() {
      return SQL_BEFORE_DECLARED.contains(last);
    }

    private void symbol(String token) {
      switch (token) {
        case "(" -> parentheses.push(definable() ? last : NOTHING);
        case ")" -> candidate = parentheses.isEmpty() ? NOTHING : parentheses.pop();
        case "{" -> openBrace();
        case "&&", "||" -> branchPoints++;
        case "?" -> branchPoints += isTernary() ? 1 : 0;
        default -> candidate = continuesHead(token) ? candidate : NOTHING;
      }
      if (!typeNamed || !"<>[]:,".contains(token)) {
        openType = NOTHING;
      }
    }

    private boolean definable() {
      return !last.isEmpty()
          && Character.isJavaIdentifierStart(last.charAt(0))
          && !NO_FUNCTION.contains(last)
          && !NO_DEFINITION.contains(before);
    }

    private void openBrace() {
      if (grammar.functions() == Grammar.Functions.PARENTHESES_AND_BRACE && !candidate.isEmpty()) {
        functions++;
      }
      if (waitsForBrace() && !openType.isEmpty()) {
        types++;
      }
      candidate = NOTHING;
      openType = NOTHING;
    }

    /** What may stand between the parentheses of a function and its brace. */
    private boolean continuesHead(String token) {
      return switch (token) {
        case ",", ".", ":", "::", "<", ">", "[", "]", "&", "*" -> true;
        case "->" -> language == Language.CPP;
        case "|" -> language == Language.TYPESCRIPT;
        default -> false;
      };
    }

    private boolean isTernary() {
      return grammar.ternary()
          && !last.equals("<")
          && !last.equals(",")
          && at < code.length()
          && Character.isWhitespace(code.charAt(at))
          && at >= 2
          && Character.isWhitespace(code.charAt(at - 2));
    }
  }
}
