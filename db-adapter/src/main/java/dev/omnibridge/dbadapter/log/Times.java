// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Times as messages and as columns; microseconds, which is what PostgreSQL keeps. */
public final class Times {
  private static final int MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1000;

  private Times() {}

  public static OffsetDateTime of(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
        .truncatedTo(ChronoUnit.MICROS)
        .atOffset(ZoneOffset.UTC);
  }

  public static Timestamp of(OffsetDateTime time) {
    return Timestamp.newBuilder().setSeconds(time.toEpochSecond()).setNanos(time.getNano()).build();
  }

  public static OffsetDateTime after(OffsetDateTime time, Duration wait) {
    return time.plusSeconds(wait.getSeconds()).plus(wait.getNanos() / 1000, ChronoUnit.MICROS);
  }

  /** A span of microseconds, negative when it is over. */
  public static Duration micros(long micros) {
    return Duration.newBuilder()
        .setSeconds(micros / MICROS_PER_SECOND)
        .setNanos((int) (micros % MICROS_PER_SECOND) * NANOS_PER_MICRO)
        .build();
  }
}
