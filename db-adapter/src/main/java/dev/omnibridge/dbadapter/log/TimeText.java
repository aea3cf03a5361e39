// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.LocalDate;
import java.util.Arrays;

/**
 * Compares times of the database with the text that {@link java.time.Instant} gives them, without
 * making one: many that follow each other are of one day. Not for use by several threads.
 */
final class TimeText {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long SECONDS_PER_DAY = 86_400;

  /** 2000-01-01, from where the database counts. */
  private static final long EPOCH_DAY = 10_957;

  private static final int DATE = 10;
  private static final int TO_SECONDS = DATE + 9;

  /** Years of four digits, which are written without a sign. */
  private static final long FIRST_DAY = LocalDate.of(0, 1, 1).toEpochDay();

  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

  private long day = Long.MIN_VALUE;
  private byte[] date = {};

  /** Whether the text from {@code at} to {@code end} is the time; false for unusual years. */
  boolean is(byte[] bytes, int at, int end, long micros) {
    long seconds = Math.floorDiv(micros, MICROS_PER_SECOND);
    return end - at > TO_SECONDS
        && isDate(bytes, at, Math.floorDiv(seconds, SECONDS_PER_DAY) + EPOCH_DAY)
        && isClock(bytes, at + DATE, (int) Math.floorMod(seconds, SECONDS_PER_DAY))
        && isFraction(
            bytes, at + TO_SECONDS, end - 1, (int) Math.floorMod(micros, MICROS_PER_SECOND))
        && bytes[end - 1] == 'Z';
  }

  private boolean isDate(byte[] bytes, int at, long wanted) {
    if (wanted < FIRST_DAY || wanted > LAST_DAY) {
      return false;
    }
    if (wanted != day) {
      date = LocalDate.ofEpochDay(wanted).toString().getBytes(US_ASCII);
      day = wanted;
    }
    return Arrays.equals(bytes, at, at + DATE, date, 0, DATE);
  }

  private static boolean isClock(byte[] bytes, int at, int second) {
    return bytes[at] == 'T'
        && isNumber(bytes, at + 1, 2, second / 3600)
        && bytes[at + 3] == ':'
        && isNumber(bytes, at + 4, 2, second / 60 % 60)
        && bytes[at + 6] == ':'
        && isNumber(bytes, at + 7, 2, second % 60);
  }

  /** Nothing, or three digits, or six: as few as tell it. */
  private static boolean isFraction(byte[] bytes, int at, int end, int micros) {
    if (micros == 0) {
      return at == end;
    }
    boolean millis = micros % 1000 == 0;
    int digits = millis ? 3 : 6;
    return end - at == 1 + digits
        && bytes[at] == '.'
        && isNumber(bytes, at + 1, digits, millis ? micros / 1000 : micros);
  }

  private static boolean isNumber(byte[] bytes, int at, int digits, int number) {
    int rest = number;
    int differing = 0;
    for (int i = at + digits - 1; i >= at; i--) {
      differing |= bytes[i] ^ ('0' + rest % 10);
      rest /= 10;
    }
    return differing == 0;
  }
}
