// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import java.util.List;

/**
 * The files that the demo works on, all of them in the content store.
 *
 * @param files in the order of their paths
 * @param skipped one sentence per file that could not be read, or changed meanwhile
 * @param uploaded distinct contents that were not in the store before
 */
record Material(List<SourceFile> files, List<String> skipped, int uploaded) {

  /** A file with the hash of its bytes; the path is as the user knows it, with slashes. */
  record SourceFile(String path, String contentHash, long size) {}

  long bytes() {
    return files.stream().mapToLong(SourceFile::size).sum();
  }
}
