// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When a kernel is tried: one trial at a time, the first at once, and behind each that failed a
 * pause that doubles. A machine may be busy for long; the process must not stay slow for ever.
 */
final class Trials {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final AtomicBoolean closed = new AtomicBoolean();
  private long pause = FIRST_PAUSE.toNanos();
  private volatile long notBefore;

  /** Times are those of {@link System#nanoTime}. */
  Trials(long now) {
    notBefore = now;
  }

  /** True for the one caller who is to make the next trial. */
  boolean begin(long now) {
    return !closed.get() && now - notBefore >= 0 && closed.compareAndSet(false, true);
  }

  /** The trial failed; one that succeeds is the last. */
  void failed(long now) {
    notBefore = now + pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
    closed.set(false);
  }
}
