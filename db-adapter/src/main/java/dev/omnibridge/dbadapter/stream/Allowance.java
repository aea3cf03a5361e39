// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import java.util.function.LongSupplier;

/**
 * Hands out how many records may be sent, so that no second sees more than a rate and its fiftieth.
 * Shared by everybody who is to keep within the rate together. For any thread.
 */
final class Allowance {
  private static final double NANOS = 1e9;
  private static final int PARTS = 50;

  private final int perSecond;
  private final double most;
  private final LongSupplier nanos;
  private double ready;
  private long countedAt;

  /** At most so many per second, 0 for no limit; the nanoseconds measure durations. */
  Allowance(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.most = Math.max(1, perSecond / (double) PARTS);
    this.nanos = nanos;
    this.countedAt = nanos.getAsLong();
  }

  boolean limited() {
    return perSecond > 0;
  }

  /** How many of those wanted may go now; they count as sent. */
  synchronized int take(int wanted) {
    if (!limited()) {
      return wanted;
    }
    long now = nanos.getAsLong();
    ready = Math.min(most, ready + (now - countedAt) / NANOS * perSecond);
    countedAt = now;
    int granted = (int) Math.min(wanted, ready);
    ready -= granted;
    return granted;
  }

  /** When to ask again after nothing was granted. */
  long pauseMillis() {
    return Math.max(1, 1_000L / Math.max(1, perSecond));
  }
}
