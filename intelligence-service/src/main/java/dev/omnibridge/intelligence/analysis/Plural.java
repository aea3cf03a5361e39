// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/** Writes a number with its noun, "1 line" or "2 lines". */
final class Plural {
  private Plural() {}

  static String of(long count, String noun) {
    return count == 1 ? "1 " + noun : count + " " + noun + "s";
  }
}
