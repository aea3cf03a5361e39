// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

import java.util.Arrays;

/**
 * A sketch of a text from which its resemblance to another is estimated: the share of the shingles
 * of both that both have. Shingles are {@value #SHINGLE} words long; winnowing keeps one of every
 * {@value #WINDOW} neighbours, so a run of {@value #GUARANTEE} common words is never missed; of
 * those the {@value #SIZE} smallest are the sketch. Two texts are near duplicates from a
 * resemblance of {@link #NEAR_DUPLICATE}; the estimate's standard error there is 3.5 %.
 */
public final class Fingerprint {
  /** Resemblance from which two texts are near duplicates. */
  public static final double NEAR_DUPLICATE = 0.8;

  static final int SHINGLE = 5;
  static final int WINDOW = 4;
  static final int GUARANTEE = SHINGLE + WINDOW - 1;
  static final int SIZE = 128;

  /** Texts with fewer words resemble each other by chance; they have no sketch. */
  static final int LEAST_WORDS = 12;

  private static final long BASE = 0x9E3779B97F4A7C15L;

  private final long[] smallest;

  private Fingerprint(long[] smallest) {
    this.smallest = smallest;
  }

  /** The sketch of a text; an empty one when it has too few words. */
  public static Fingerprint of(String text) {
    var winnow = new Winnow();
    Terms.whole(text, winnow::word);
    return new Fingerprint(winnow.smallest());
  }

  /** A sketch that was stored. */
  public static Fingerprint ofHashes(long[] stored) {
    long[] sorted = stored.clone();
    Arrays.sort(sorted);
    return new Fingerprint(sorted);
  }

  /** True for a text of too few words to compare. */
  public boolean isEmpty() {
    return smallest.length == 0;
  }

  /** The hashes in ascending order, to be stored. */
  public long[] hashes() {
    return smallest.clone();
  }

  /** The smallest hashes, by which candidates are found. */
  public long[] first(int count) {
    return Arrays.copyOf(smallest, Math.min(count, smallest.length));
  }

  /** The estimated share of common shingles, 0 to 1. */
  public double resemblance(Fingerprint other) {
    int i = 0;
    int j = 0;
    int union = 0;
    int common = 0;
    while (union < SIZE && (i < smallest.length || j < other.smallest.length)) {
      boolean left = i < smallest.length;
      boolean right = j < other.smallest.length;
      int order = !right ? -1 : !left ? 1 : Long.compare(smallest[i], other.smallest[j]);
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
      common += order == 0 ? 1 : 0;
      union++;
    }
    return union == 0 ? 0 : (double) common / union;
  }

  /** Rolls over the words, keeps the least of every window, and of those the smallest. */
  private static final class Winnow {
    private static final long DROP = power(SHINGLE);

    private final long[] words = new long[SHINGLE];
    private final long[] window = new long[WINDOW];
    private final SmallestSet kept = new SmallestSet(SIZE);
    private long rolling;
    private long count;
    private long lastKept = Long.MAX_VALUE;

    boolean word(String term) {
      long hash = Hashing.of(term);
      int slot = (int) (count % SHINGLE);
      rolling = rolling * BASE + hash - (count >= SHINGLE ? words[slot] * DROP : 0);
      words[slot] = hash;
      count++;
      if (count >= SHINGLE) {
        shingle(Hashing.mixed(rolling), count - SHINGLE);
      }
      return true;
    }

    private void shingle(long hash, long index) {
      window[(int) (index % WINDOW)] = hash;
      if (index >= WINDOW - 1) {
        long least = Math.min(Math.min(window[0], window[1]), Math.min(window[2], window[3]));
        if (least != lastKept) {
          kept.add(least);
          lastKept = least;
        }
      }
    }

    long[] smallest() {
      return count < LEAST_WORDS ? new long[0] : kept.sorted();
    }

    private static long power(int exponent) {
      long power = 1;
      for (int i = 0; i < exponent; i++) {
        power *= BASE;
      }
      return power;
    }
  }
}
