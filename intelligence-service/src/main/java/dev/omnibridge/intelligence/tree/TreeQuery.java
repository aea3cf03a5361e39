// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

/**
 * A question to a tree; an empty filter lets every node pass.
 *
 * @param maxDepth levels below the directory, or the root, that are searched
 * @param type "file", "directory" or empty
 */
public record TreeQuery(
    String text,
    int maxDepth,
    int limit,
    String extension,
    String type,
    String purpose,
    String directory) {

  /** True for a node that may answer. */
  boolean admits(Node node) {
    int base = directory.isEmpty() ? 0 : 1 + (int) directory.chars().filter(c -> c == '/').count();
    boolean below = directory.isEmpty() || node.path().startsWith(directory + "/");
    int level = node.depth() - base - (node.directory() ? 0 : 1);
    return below
        && level <= maxDepth
        && (extension.isEmpty() || extension.equalsIgnoreCase(node.extension()))
        && (type.isEmpty() || type.equals(node.directory() ? "directory" : "file"))
        && (purpose.isEmpty() || purpose.equals(node.purpose()));
  }
}
