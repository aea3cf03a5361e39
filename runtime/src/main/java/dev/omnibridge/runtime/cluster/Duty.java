// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import java.time.Duration;

/**
 * Whether a member serves, and since when, by the nano clock. A short trouble is no reason to move
 * work: it may be everybody's, as when the database is away.
 */
final class Duty {
  /** Who does not serve for so long, while another does, is not counted on. */
  private static final Duration STEADY = Duration.ofSeconds(10);

  private boolean serves;
  private boolean hasServed;
  private long since;

  Duty(long now) {
    since = now;
  }

  void note(boolean servesNow, long now) {
    if (servesNow != serves) {
      serves = servesNow;
      since = now;
    }
    hasServed |= servesNow;
  }

  /**
   * True when work is for the other: this one has not served yet, and the other does; or this one
   * has not for a while, and the other has for as long.
   */
  boolean isLessThan(Duty other, long now) {
    if (serves) {
      return false;
    }
    return hasServed ? isSteady(now) && other.serves && other.isSteady(now) : other.serves;
  }

  private boolean isSteady(long now) {
    return now - since > STEADY.toNanos();
  }
}
