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
    Map<String, Long> purposes) {}
