// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.Map;

/**
 * The figures of a tree.
 *
 * @param files by extension; "" for those without
 * @param purposes files by purpose
 */
public record Statistics(
    long totalFiles,
    long totalDirectories,
    Map<String, Long> files,
    long totalBytes,
    Map<String, Long> purposes) {
  /** An entry of a map with its number, without its key. */
  private static final int ENTRY_BYTES = 64;

  /** About how much memory they take, in bytes. */
  long bytes() {
    return bytes(files) + bytes(purposes);
  }

  private static long bytes(Map<String, Long> counts) {
    return counts.keySet().stream().mapToLong(key -> ENTRY_BYTES + Memory.of(key)).sum();
  }
}
