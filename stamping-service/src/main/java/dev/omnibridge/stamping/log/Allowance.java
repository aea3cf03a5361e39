// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Allows something so many times at once, and then once in a while. */
final class Allowance {
  private final int most;
  private final long everyNanos;
  private final LongSupplier nanoTime;
  private double left;
  private long at;

  Allowance(int most, Duration every, LongSupplier nanoTime) {
    this.most = most;
    this.everyNanos = every.toNanos();
    this.nanoTime = nanoTime;
    this.left = most;
    this.at = nanoTime.getAsLong();
  }

  /** Takes one; false when there is none left. */
  synchronized boolean take() {
    long now = nanoTime.getAsLong();
    left = Math.min(most, left + (double) (now - at) / everyNanos);
    at = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
