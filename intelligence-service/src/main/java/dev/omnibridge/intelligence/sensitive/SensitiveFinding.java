// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

/**
 * Something sensitive, without its value.
 *
 * @param line counted from 1
 * @param excerpt what stands before the value, and a mark in its place
 * @param confidence 0 to 1; placeholders and documented examples are below {@link #SURE}
 */
public record SensitiveFinding(SensitiveKind kind, int line, String excerpt, double confidence) {
  /** From here on a finding is worth a person's attention. */
  public static final double SURE = 0.5;

  /** True when it is not likely a placeholder or an example. */
  public boolean sure() {
    return confidence >= SURE;
  }
}
