// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.Arrays;

/**
 * The words of a node and how often each comes: as their hashes of 64 bits, in order, so that a
 * word takes ten bytes. The hashes of two words of a million are the same once in 37 million trees.
 */
final class NodeTerms {
  private final long[] terms;
  private final char[] counts;
  private final int length;

  private NodeTerms(long[] terms, char[] counts, int length) {
    this.terms = terms;
    this.counts = counts;
    this.length = length;
  }

  /** How often the word of a hash comes; 0 when it does not. */
  int count(long term) {
    int at = Arrays.binarySearch(terms, term);
    return at < 0 ? 0 : counts[at];
  }

  /** All words, each as often as it comes. */
  int length() {
    return length;
  }

  long bytes() {
    return Memory.OBJECT + 2L * Memory.ARRAY + (long) terms.length * (Long.BYTES + Character.BYTES);
  }

  /** Takes words as they come. */
  static final class Counting {
    private long[] all = new long[64];
    private int length;

    void add(long term, int times) {
      if (length + times > all.length) {
        all = Arrays.copyOf(all, 2 * all.length);
      }
      Arrays.fill(all, length, length + times, term);
      length += times;
    }

    NodeTerms done() {
      Arrays.sort(all, 0, length);
      long[] terms = new long[length];
      char[] counts = new char[length];
      int different = 0;
      for (int i = 0; i < length; i++) {
        if (i > 0 && all[i] == all[i - 1]) {
          counts[different - 1] = (char) Math.min(Character.MAX_VALUE, counts[different - 1] + 1);
        } else {
          terms[different] = all[i];
          counts[different++] = 1;
        }
      }
      return new NodeTerms(
          Arrays.copyOf(terms, different), Arrays.copyOf(counts, different), length);
    }
  }
}
