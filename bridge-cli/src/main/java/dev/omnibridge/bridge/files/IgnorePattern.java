// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@code .gitignore}.
 *
 * @param negated what fits is not ignored after all
 * @param directoriesOnly the line ended with a slash
 * @param anchored it has a slash before its end: it counts from the directory of its file;
 *     otherwise any name below may fit
 * @param parts between the slashes; {@code **} stands for any number of directories, is never
 *     followed by another one, and never the last
 */
record IgnorePattern(
    boolean negated, boolean directoriesOnly, boolean anchored, List<String> parts) {
  private static final String ANY_DEPTH = "**";

  /** The pattern of a line, or null when it has none. */
  static @Nullable IgnorePattern parse(String line) {
    String text = withoutBlanksAtEnd(line.endsWith("\r") ? cut(line) : line);
    if (text.isEmpty() || text.startsWith("#")) {
      return null;
    }
    boolean negated = text.startsWith("!");
    text = negated ? text.substring(1) : text;
    boolean directoriesOnly = text.endsWith("/");
    text = directoriesOnly ? cut(text) : text;
    boolean anchored = text.contains("/");
    text = text.startsWith("/") ? text.substring(1) : text;
    if (text.isEmpty()) {
      return null;
    }
    return new IgnorePattern(negated, directoriesOnly, anchored, parts(text));
  }

  /** True when it fits what is at this path, relative to the directory of its file. */
  boolean matches(List<String> path, boolean directory) {
    if (directoriesOnly && !directory) {
      return false;
    }
    return anchored ? matches(parts, path) : new Glob(parts.getFirst()).matches(path.getLast());
  }

  /** As {@link Glob} does for one name: only the last {@code **} is ever tried anew. */
  private static boolean matches(List<String> parts, List<String> path) {
    int at = 0;
    int next = 0;
    int anyDepth = -1;
    int tried = 0;
    while (next < path.size()) {
      if (at < parts.size() && parts.get(at).equals(ANY_DEPTH)) {
        anyDepth = at++;
        tried = next;
      } else if (at < parts.size() && new Glob(parts.get(at)).matches(path.get(next))) {
        at++;
        next++;
      } else if (anyDepth >= 0) {
        at = anyDepth + 1;
        next = ++tried;
      } else {
        return false;
      }
    }
    return at == parts.size();
  }

  /** Several {@code **} are as one, and behind the last of all stands a name. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split("/", -1)) {
      if (!part.equals(ANY_DEPTH) || parts.isEmpty() || !parts.getLast().equals(ANY_DEPTH)) {
        parts.add(part);
      }
    }
    if (parts.getLast().equals(ANY_DEPTH)) {
      parts.add("*");
    }
    return List.copyOf(parts);
  }

  /** Blanks at the end go, unless a backslash keeps one. */
  private static String withoutBlanksAtEnd(String line) {
    int end = line.length();
    while (end > 0 && line.charAt(end - 1) == ' ' && !isEscaped(line, end - 1)) {
      end--;
    }
    return line.substring(0, end);
  }

  private static boolean isEscaped(String line, int at) {
    int slashes = 0;
    while (at - slashes > 0 && line.charAt(at - slashes - 1) == '\\') {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private static String cut(String text) {
    return text.substring(0, text.length() - 1);
  }
}
