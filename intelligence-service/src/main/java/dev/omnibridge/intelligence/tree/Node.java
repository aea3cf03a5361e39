// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.List;

/**
 * A file or a directory of a tree.
 *
 * @param path relative; {@link #ROOT} for the root
 * @param size in bytes; of a directory that of all files in it
 * @param modifiedMillis since 1970; of a directory that of its newest file
 * @param purpose what it is for
 * @param pattern the architectural pattern that it shows; empty without one
 * @param related paths of files that it refers to or belongs with
 * @param keywords names it declares and words it is about
 */
public record Node(
    String path,
    String name,
    boolean directory,
    long size,
    String extension,
    long modifiedMillis,
    String purpose,
    String pattern,
    List<String> related,
    List<String> keywords,
    List<Node> children) {
  /** Path of the root. */
  public static final String ROOT = ".";

  /** Where no time is known. */
  public static final long UNKNOWN_TIME = -1;

  /** An object with its lists, and the strings that it shares with others. */
  private static final int FIXED_BYTES = 160;

  /** Strings up to this length that come again and again are there once. */
  public static final int LONGEST_SHARED = 32;

  /** How many directories are above it; 0 for the root and what is directly in it is at 1. */
  public int depth() {
    return path.equals(ROOT) ? 0 : 1 + (int) path.chars().filter(c -> c == '/').count();
  }

  /** About how much memory it takes, in bytes; without what is in it but for the list of that. */
  public long bytes() {
    return FIXED_BYTES
        + Memory.of(path)
        + Memory.of(name)
        + unshared(extension)
        + unshared(purpose)
        + unshared(pattern)
        + Texts.bytes(related)
        + Texts.bytes(keywords)
        + (long) Memory.REFERENCE * children.size();
  }

  private static long unshared(String text) {
    return text.length() > LONGEST_SHARED ? Memory.of(text) : 0;
  }
}
