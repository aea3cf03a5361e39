// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

import java.util.TreeSet;

/** The smallest different numbers of all that were added. */
final class SmallestSet {
  private final int size;
  private final TreeSet<Long> kept = new TreeSet<>();

  SmallestSet(int size) {
    this.size = size;
  }

  void add(long value) {
    if (kept.size() == size && value >= kept.last()) {
      return;
    }
    if (kept.add(value) && kept.size() > size) {
      kept.pollLast();
    }
  }

  long[] sorted() {
    return kept.stream().mapToLong(Long::longValue).toArray();
  }
}
