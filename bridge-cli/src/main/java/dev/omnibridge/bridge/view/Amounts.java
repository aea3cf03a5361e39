// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers, sizes, times and spans as people read them. */
public final class Amounts {
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Amounts() {}

  /** A count with thousands apart: {@code 12,345}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A size: {@code 812 B}, {@code 1.4 MiB}. */
  public static String bytes(long size) {
    double amount = size;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    // Lists have one for every file, and a format would cost more than hashing a small one.
    long tenths = Math.round(amount * 10);
    return unit == 0 ? size + " B" : tenths / 10 + "." + tenths % 10 + " " + UNITS[unit];
  }

  /** A span: {@code 12 ms}, {@code 3.42 s}, {@code 2 min 5 s}. */
  public static String span(Duration span) {
    long millis = span.toMillis();
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }
    long seconds = span.toSeconds();
    return seconds < 3_600
        ? "%d min %d s".formatted(seconds / 60, seconds % 60)
        : "%d h %d min".formatted(seconds / 3_600, seconds % 3_600 / 60);
  }

  /** From one moment to another. */
  public static String span(Timestamp from, Timestamp to) {
    return span(
        Duration.ofNanos(com.google.protobuf.util.Durations.toNanos(Timestamps.between(from, to))));
  }

  /** Day and time of day in the user's zone. */
  public static String dayAndTime(Timestamp time, Clock clock) {
    return DAY_AND_TIME.format(instant(time).atZone(clock.getZone()));
  }

  /** Time of day in the user's zone, to the millisecond. */
  public static String time(Timestamp time, Clock clock) {
    return TIME.format(instant(time).atZone(clock.getZone()));
  }

  /** The moment a protobuf time means. */
  public static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** The protobuf time of a moment. */
  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
