// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.time.Duration;

/** The end of a bounded piece of work, handed down so that its parts share one limit. */
record Deadline(long nanoTime) {

  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  boolean isOver() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /** Never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }
}
