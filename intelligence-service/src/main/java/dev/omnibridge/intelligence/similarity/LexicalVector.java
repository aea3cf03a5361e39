// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A text as a unit vector of its terms: each term is hashed to a dimension and a sign, and weighs
 * one plus the logarithm of how often it comes; words that nearly every text has weigh little. It
 * needs no model, knows no synonyms, and stands in when there is no model.
 */
public final class LexicalVector {
  /** What its vectors are named by, where others are named by their model. */
  public static final String MODEL = "lexical";

  /** Dimensions of every vector. */
  public static final int DIMENSIONS = 384;

  private static final int MOST_DIFFERENT_TERMS = 20_000;
  private static final double COMMON_WEIGHT = 0.1;

  private static final Set<String> COMMON =
      CommonWords.and(
          "of", "to", "in", "is", "it", "on", "as", "be", "at", "by", "an", "or", "if", "none",
          "while", "die", "der", "und", "das", "ist");

  private LexicalVector() {}

  /** The vector of a text; all zeros for a text without words. */
  public static float[] of(String text) {
    Map<String, Integer> counts = new HashMap<>();
    Terms.whole(
        text,
        word -> {
          counts.merge(word, 1, Integer::sum);
          return counts.size() < MOST_DIFFERENT_TERMS;
        });
    double[] sums = new double[DIMENSIONS];
    counts.forEach((word, count) -> add(sums, word, count));
    return unit(sums);
  }

  private static void add(double[] sums, String word, int count) {
    if (word.length() < 2) {
      return;
    }
    double weight = (1 + Math.log(count)) * (COMMON.contains(word) ? COMMON_WEIGHT : 1);
    long hash = Hashing.of(word);
    int dimension = (int) Math.floorMod(hash, (long) DIMENSIONS);
    sums[dimension] += (hash >>> 63) == 0 ? weight : -weight;
  }

  /** The vector of length 1 in the same direction; zeros stay zeros. */
  public static float[] unit(double[] sums) {
    double square = 0;
    for (double sum : sums) {
      square += sum * sum;
    }
    float[] unit = new float[sums.length];
    double length = Math.sqrt(square);
    for (int i = 0; i < sums.length && length > 0; i++) {
      unit[i] = (float) (sums[i] / length);
    }
    return unit;
  }

  /** The cosine of two unit vectors, not below 0. */
  public static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return Math.clamp(sum, 0.0, 1.0);
  }

  /** True for the vector of a text without words. */
  public static boolean isZero(float[] vector) {
    for (float value : vector) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
