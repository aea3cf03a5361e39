// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

/**
 * A file of a project.
 *
 * @param path relative, parts divided by "/"
 * @param modifiedMillis since 1970; {@link Node#UNKNOWN_TIME} if unknown
 */
public record TreeFile(String path, long size, long modifiedMillis, FileFacts facts) {
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  String directory() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? Node.ROOT : path.substring(0, slash);
  }

  /** Without the dot, in lower case; empty for "Makefile" and ".gitignore". */
  String extension() {
    String name = name();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "" : name.substring(dot + 1).toLowerCase(java.util.Locale.ROOT);
  }

  /** The name up to its first dot. */
  String stem() {
    String name = name();
    int dot = name.indexOf('.', 1);
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** About how much memory it takes, in bytes, in a table of files. */
  long bytes() {
    return 4L * Memory.OBJECT + Memory.of(path) + facts.bytes();
  }
}
