// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Tries again while a service is UNAVAILABLE, with growing pauses, until the patience is over; then
 * the last fault stands. A service that does not offer the method is not asked again.
 */
final class Attempts {
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final long end;
  private long pause = FIRST_PAUSE_MILLIS;

  Attempts(Duration patience) {
    this.end = System.nanoTime() + patience.toNanos();
  }

  <T> T until(Supplier<T> attempt) {
    while (true) {
      try {
        return attempt.get();
      } catch (Fault fault) {
        if (!pauseAfter(fault)) {
          throw fault;
        }
      }
    }
  }

  /** Waits before the next attempt; false when there is to be none. */
  boolean pauseAfter(Fault fault) {
    long left = end - System.nanoTime();
    if (fault.kind() != Kind.UNAVAILABLE || fault.is("NOT_OFFERED") || left <= 0) {
      return false;
    }
    long jittered = ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
    LockSupport.parkNanos(Math.min(left, Duration.ofMillis(jittered).toNanos()));
    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    return !Thread.currentThread().isInterrupted();
  }
}
