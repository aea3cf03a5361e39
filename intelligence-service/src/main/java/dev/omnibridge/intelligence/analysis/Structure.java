// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Functions, types and branch points, found in one pass over the tokens of masked code; the
 * functions and types with where they stand.
 */
record Structure(int functions, int types, int branchPoints, List<OutlineEntry> outline) {

  static Structure of(SourceText source, Grammar grammar, Language language) {
    boolean foldCase = language == Language.SQL;
    String code = foldCase ? source.code().toLowerCase(Locale.ROOT) : source.code();
    return new Pass(code, grammar, language, new Outline(source, language)).run();
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
    private final Outline outline;
    private final ArrayDeque<String> parentheses = new ArrayDeque<>();
    private final ArrayDeque<Integer> parenthesesAt = new ArrayDeque<>();
    private String before = NOTHING;
    private String last = NOTHING;
    private String candidate = NOTHING;
    private String openType = NOTHING;
    private boolean typeNamed;
    private boolean firstOnLine = true;
    private String typeName = NOTHING;
    private int functions;
    private int types;
    private int branchPoints;
    private int at;
    private int tokenAt;
    private int lastAt;
    private int candidateAt;

    Pass(String code, Grammar grammar, Language language, Outline outline) {
      this.code = code;
      this.grammar = grammar;
      this.language = language;
      this.outline = outline;
    }

    Structure run() {
      while (at < code.length()) {
        char c = code.charAt(at);
        if (Character.isWhitespace(c)) {
          firstOnLine |= c == '\n' || c == '\r';
          at++;
        } else {
          tokenAt = at;
          String token = next(c);
          if (Character.isJavaIdentifierStart(c)) {
            word(token);
          } else {
            symbol(token);
          }
          before = last;
          last = token;
          lastAt = tokenAt;
          firstOnLine = false;
        }
      }
      return new Structure(functions, types, branchPoints, outline.entries());
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
      outline.word(token, tokenAt);
    }

    private void functionWord(String token) {
      boolean counts =
          switch (grammar.functions()) {
            case NONE, PARENTHESES_AND_BRACE -> false;
            case WORD -> grammar.functionWords().contains(token) && !(sql() && !created());
            case WORD_FIRST_ON_LINE ->
                grammar.functionWords().contains(token) && (firstOnLine || last.equals("async"));
          };
      if (counts) {
        functions++;
        outline.functionWord(parentheses.size());
      }
    }

    /** A name directly after a type word completes a declaration, or waits for its brace. */
    private void typeWord(String token) {
      if (grammar.typeWords().contains(token)) {
        openType = declaresType() ? token : NOTHING;
        typeNamed = false;
        candidate = NOTHING;
      } else if (!openType.isEmpty() && !typeNamed) {
        typeNamed = true;
        typeName = token;
        candidateAt = tokenAt;
        if (!waitsForBrace()) {
          types++;
          outline.type(token, tokenAt);
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
        case "(" -> openParenthesis();
        case ")" -> closeParenthesis();
        case "{" -> openBrace();
        case "}", ";" -> endsBlock(token);
        case "&&", "||" -> branchPoints++;
        case "?" -> branchPoints += isTernary() ? 1 : 0;
        default -> {
          candidate = continuesHead(token) ? candidate : NOTHING;
          if (token.equals("=") && parentheses.isEmpty()) {
            outline.equalsSign(tokenAt);
          }
        }
      }
      if (!typeNamed || !"<>[]:,".contains(token)) {
        openType = NOTHING;
      }
    }

    private void openParenthesis() {
      outline.parenthesis(last, lastAt, parentheses.size());
      parentheses.push(definable() ? last : NOTHING);
      parenthesesAt.push(lastAt);
    }

    private void closeParenthesis() {
      candidate = parentheses.isEmpty() ? NOTHING : parentheses.pop();
      candidateAt = parenthesesAt.isEmpty() ? tokenAt : parenthesesAt.pop();
    }

    private void endsBlock(String token) {
      candidate = NOTHING;
      if (token.equals("}")) {
        outline.close(tokenAt);
      } else {
        outline.ended(tokenAt);
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
        outline.function(candidate, candidateAt);
      }
      if (waitsForBrace() && !openType.isEmpty()) {
        types++;
        outline.type(typeNamed ? typeName : NOTHING, typeNamed ? candidateAt : tokenAt);
      }
      outline.open();
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
