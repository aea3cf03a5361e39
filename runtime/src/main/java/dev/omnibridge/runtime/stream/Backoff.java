// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing pauses with jitter: each is between a half and the whole of a doubling limit. */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** The pause before the next attempt, at least a millisecond. */
  Duration next() {
    long limit = longest.toMillis();
    long grown = failures < 32 ? Math.min(limit, first.toMillis() << failures) : limit;
    failures++;
    return Duration.ofMillis(Math.max(1, grown / 2 + random.nextLong(grown / 2 + 1)));
  }

  /** Starts small again, after a success. */
  void reset() {
    failures = 0;
  }
}
