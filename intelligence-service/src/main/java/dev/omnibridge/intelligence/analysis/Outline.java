// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.analysis.OutlineEntry.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the declarations that {@link Structure} meets in their places: where each begins and ends,
 * and what is around it. Braces end a declaration, or indentation where the language has it so.
 */
final class Outline {
  /** More declarations are counted, but not listed. */
  static final int MOST = 300;

  /** No name that somebody wrote is longer; a line of a minified file may be one. */
  static final int LONGEST_NAME = 200;

  private static final int NO_ENTRY = -1;

  private final SourceText source;
  private final boolean indented;
  private final boolean nameBeforeParenthesis;
  private final boolean expressionBodies;
  private final List<Draft> drafts = new ArrayList<>();
  private final ArrayDeque<Integer> blocks = new ArrayDeque<>();
  private int pending = NO_ENTRY;
  private int functionAtDepth = NO_ENTRY;

  private static final class Draft {
    final Kind kind;
    final String name;
    final int first;
    int last;

    Draft(Kind kind, String name, int first) {
      this.kind = kind;
      this.name = name;
      this.first = first;
      this.last = first;
    }
  }

  Outline(SourceText source, Language language) {
    this.source = source;
    this.indented = language == Language.PYTHON || language == Language.RUBY;
    this.nameBeforeParenthesis = language == Language.KOTLIN || language == Language.GO;
    this.expressionBodies = language == Language.KOTLIN;
  }

  /** A word such as "def": what follows names a function. */
  void functionWord(int depth) {
    functionAtDepth = depth;
  }

  /** Any word; the one after a function's word is its name. */
  void word(String token, int at) {
    boolean ownWord =
        token.equals("def")
            || token.equals("fn")
            || token.equals("rpc")
            || token.equals("function")
            || token.equals("procedure")
            || token.equals("self");
    if (functionAtDepth != NO_ENTRY && !nameBeforeParenthesis && !ownWord) {
      function(token, at);
    }
  }

  /** An opening parenthesis and the token before it. */
  void parenthesis(String last, int lastAt, int depth) {
    boolean named = !last.isEmpty() && Character.isJavaIdentifierStart(last.charAt(0));
    if (nameBeforeParenthesis
        && functionAtDepth == depth
        && named
        && !last.equals("fun")
        && !last.equals("func")) {
      function(last, lastAt);
    }
  }

  void function(String name, int at) {
    functionAtDepth = NO_ENTRY;
    declared(Kind.FUNCTION, name, at);
  }

  void type(String name, int at) {
    declared(Kind.TYPE, name, at);
  }

  private void declared(Kind kind, String name, int at) {
    pending = NO_ENTRY;
    if (!name.isEmpty() && drafts.size() < MOST) {
      pending = drafts.size();
      drafts.add(new Draft(kind, cut(name), source.lines().numberAt(at)));
    }
  }

  private static String cut(String name) {
    if (name.length() <= LONGEST_NAME) {
      return name;
    }
    boolean withinALetter = Character.isLowSurrogate(name.charAt(LONGEST_NAME));
    return name.substring(0, withinALetter ? LONGEST_NAME - 1 : LONGEST_NAME);
  }

  /** A brace opens the body of what was declared last, or some other block. */
  void open() {
    blocks.push(pending);
    pending = NO_ENTRY;
    functionAtDepth = NO_ENTRY;
  }

  void close(int at) {
    if (!blocks.isEmpty()) {
      int entry = blocks.pop();
      if (entry != NO_ENTRY) {
        drafts.get(entry).last = source.lines().numberAt(at);
      }
    }
    pending = NO_ENTRY;
  }

  /** A statement ends, and with it a declaration without a body. */
  void ended(int at) {
    if (pending != NO_ENTRY) {
      drafts.get(pending).last = source.lines().numberAt(at);
      pending = NO_ENTRY;
    }
  }

  List<OutlineEntry> entries() {
    if (indented) {
      endByIndentation();
    }
    blocks.stream()
        .filter(entry -> entry != NO_ENTRY)
        .forEach(entry -> drafts.get(entry).last = source.lines().count());
    return nested();
  }

  private void endByIndentation() {
    int[] widths = widths();
    var open = new ArrayDeque<Draft>();
    int next = 0;
    int lastFilled = 0;
    for (int line = 1; line <= widths.length; line++) {
      int width = widths[line - 1];
      if (width < 0) {
        continue;
      }
      while (!open.isEmpty() && width <= widths[open.peek().first - 1]) {
        Draft ended = open.pop();
        boolean endWord = width == widths[ended.first - 1] && isEnd(line - 1);
        ended.last = Math.max(ended.first, endWord ? line : lastFilled);
      }
      while (next < drafts.size() && drafts.get(next).first == line) {
        open.push(drafts.get(next++));
      }
      lastFilled = line;
    }
    for (Draft rest : open) {
      rest.last = Math.max(rest.first, lastFilled);
    }
  }

  private boolean isEnd(int index) {
    return source.lines().in(source.code(), index).strip().equals("end");
  }

  /** Columns before the first code of each line, -1 for lines without any. */
  private int[] widths() {
    Lines lines = source.lines();
    int[] widths = new int[lines.count()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = -1;
      int width = 0;
      for (int at = lines.starts()[i]; at < lines.ends()[i] && widths[i] < 0; at++) {
        char c = source.withStrings().charAt(at);
        if (Character.isWhitespace(c)) {
          width = c == '\t' ? (width / 8 + 1) * 8 : width + 1;
        } else {
          widths[i] = width;
        }
      }
    }
    return widths;
  }

  private List<OutlineEntry> nested() {
    List<OutlineEntry> entries = new ArrayList<>();
    var around = new ArrayDeque<Draft>();
    for (Draft draft : drafts) {
      while (!around.isEmpty() && around.peek().last < draft.first) {
        around.pop();
      }
      entries.add(new OutlineEntry(draft.kind, draft.name, draft.first, draft.last, around.size()));
      around.push(draft);
    }
    return List.copyOf(entries);
  }

  /** Kotlin's functions may be an expression, which has no brace of its own. */
  void equalsSign(int at) {
    if (expressionBodies) {
      ended(at);
    }
  }
}
