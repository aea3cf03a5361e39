// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.resilience;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Goes on steadily from the time at which it was made, whatever becomes of the system's clock. */
final class SteadyClock extends Clock {
  private final Instant made = Instant.now();
  private final long began = System.nanoTime();

  @Override
  public Instant instant() {
    return made.plusNanos(System.nanoTime() - began);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("it is for durations");
  }
}
