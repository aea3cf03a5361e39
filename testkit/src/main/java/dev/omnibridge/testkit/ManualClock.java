// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until the test moves it; safe to read from any thread. */
public final class ManualClock extends Clock {
  private final AtomicInstant now;
  private final ZoneId zone;

  private ManualClock(AtomicInstant now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  public static ManualClock at(Instant start) {
    return new ManualClock(new AtomicInstant(start), ZoneOffset.UTC);
  }

  /** A negative step is how a test shows what a clock that is set back does. */
  public Instant advance(Duration step) {
    return now.add(step);
  }

  public void set(Instant instant) {
    now.set(instant);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  /** The same clock in another zone: it moves along. */
  @Override
  public ManualClock withZone(ZoneId other) {
    return new ManualClock(now, other);
  }

  /** Shared by the views of one clock. */
  private static final class AtomicInstant {
    private Instant value;

    AtomicInstant(Instant value) {
      this.value = value;
    }

    synchronized Instant get() {
      return value;
    }

    synchronized void set(Instant next) {
      value = next;
    }

    synchronized Instant add(Duration step) {
      value = value.plus(step);
      return value;
    }
  }
}
