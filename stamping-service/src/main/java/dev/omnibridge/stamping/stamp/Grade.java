// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.time.Duration;

/** How fast a file was hashed: A below 1 ms, B below 2 ms, C otherwise. */
public enum Grade {
  A,
  B,
  C;

  /** The grade of a hashing that took so long. */
  public static Grade of(Duration hashing) {
    long micros = hashing.toNanos() / 1000;
    return micros < 1000 ? A : micros < 2000 ? B : C;
  }
}
