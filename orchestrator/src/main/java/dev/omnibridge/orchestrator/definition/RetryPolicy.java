// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When and how often something is tried again. */
public record RetryPolicy(
    @Nullable Expression when,
    @Nullable Expression exceptWhen,
    Duration delay,
    Backoff backoff,
    Duration jitterFrom,
    Duration jitterTo,
    @Nullable Integer maxRetries,
    @Nullable Duration maxDuration) {
  private static final Duration LONGEST_DELAY = Duration.ofDays(1);

  /** How the delay grows from one retry to the next. */
  public enum Backoff {
    CONSTANT,
    LINEAR,
    EXPONENTIAL
  }

  /**
   * Retries without conditions: so often, the delay doubling each time, up to half of it on top.
   */
  public static RetryPolicy doubling(int maxRetries, Duration delay) {
    return new RetryPolicy(
        null,
        null,
        delay,
        Backoff.EXPONENTIAL,
        Duration.ZERO,
        delay.dividedBy(2),
        maxRetries,
        null);
  }

  /** The wait before a retry (counted from 1); jitter is a number from 0 up to 1, at most a day. */
  public Duration delayBefore(int retry, double jitter) {
    long times =
        switch (backoff) {
          case CONSTANT -> 1;
          case LINEAR -> retry;
          case EXPONENTIAL -> 1L << Math.min(retry - 1, 40);
        };
    double millis = (double) delay.toMillis() * times;
    double spread = jitterFrom.toMillis() + jitter * jitterTo.minus(jitterFrom).toMillis();
    double capped = Math.min(millis + spread, LONGEST_DELAY.toMillis());
    return Duration.ofMillis((long) capped);
  }

  /**
   * Whether one more retry (counted from 1), that long after the first try, is within the limits.
   */
  public boolean allows(int retry, Duration sinceFirst) {
    return (maxRetries == null || retry <= maxRetries)
        && (maxDuration == null || sinceFirst.compareTo(maxDuration) <= 0);
  }
}
