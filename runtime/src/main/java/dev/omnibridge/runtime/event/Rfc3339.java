// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Times as RFC 3339 has them, a space for the T and an offset without a colon too; a time without
 * an offset is UTC, which is what every variant of the envelope means. Written out, because a
 * formatter takes longer than the rest of an envelope.
 */
final class Rfc3339 {
  private static final int SECONDS_END = 19;
  private static final int MAX_FRACTION = 9;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int SECONDS_PER_HOUR = 3_600;
  private static final int SECONDS_PER_MINUTE = 60;

  /** The first second of the year 1, and the last of the year 9999. */
  private static final long FIRST = -62_135_596_800L;

  private static final long LAST = 253_402_300_799L;

  private Rfc3339() {}

  /** The time of a text, in the years 1 to 9999; null when it is none. */
  static @Nullable Instant parse(String text) {
    if (!isShaped(text)) {
      return null;
    }
    int hour = digits(text, 11, 2);
    int minute = digits(text, 14, 2);
    int second = digits(text, 17, 2);
    int year = digits(text, 0, 4);
    if (year < 1 || outside(hour, 23) || outside(minute, 59) || outside(second, 59)) {
      return null;
    }
    int end = fractionEnd(text);
    int offset = offset(text, end);
    if (offset == Integer.MIN_VALUE) {
      return null;
    }
    try {
      long day = LocalDate.of(year, digits(text, 5, 2), digits(text, 8, 2)).toEpochDay();
      long seconds = hour * SECONDS_PER_HOUR + minute * SECONDS_PER_MINUTE + second - offset;
      return inRange(day * SECONDS_PER_DAY + seconds, nanos(text, end));
    } catch (DateTimeException noSuchDay) {
      return null;
    }
  }

  private static boolean isShaped(String text) {
    return text.length() >= SECONDS_END
        && text.charAt(4) == '-'
        && text.charAt(7) == '-'
        && "Tt ".indexOf(text.charAt(10)) >= 0
        && text.charAt(13) == ':'
        && text.charAt(16) == ':';
  }

  private static boolean outside(int value, int most) {
    return value < 0 || value > most;
  }

  private static @Nullable Instant inRange(long seconds, int nanos) {
    return seconds < FIRST || seconds > LAST ? null : Instant.ofEpochSecond(seconds, nanos);
  }

  /** After the digits of the fraction; where the seconds end when there is none. */
  private static int fractionEnd(String text) {
    int at = SECONDS_END;
    if (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
      at++;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      return at == SECONDS_END + 1 ? SECONDS_END : at;
    }
    return at;
  }

  private static int nanos(String text, int end) {
    int nanos = 0;
    for (int digit = 0; digit < MAX_FRACTION; digit++) {
      int at = SECONDS_END + 1 + digit;
      nanos = nanos * 10 + (at < end ? text.charAt(at) - '0' : 0);
    }
    return nanos;
  }

  /** In seconds; the smallest integer when it is none. */
  private static int offset(String text, int at) {
    int left = text.length() - at;
    if (left == 0 || left == 1 && "Zz".indexOf(text.charAt(at)) >= 0) {
      return 0;
    }
    char sign = text.charAt(at);
    boolean colon = left == 6 && text.charAt(at + 3) == ':';
    if (sign != '+' && sign != '-' || !colon && left != 5) {
      return Integer.MIN_VALUE;
    }
    int hours = digits(text, at + 1, 2);
    int minutes = digits(text, at + (colon ? 4 : 3), 2);
    if (outside(hours, 18) || outside(minutes, 59)) {
      return Integer.MIN_VALUE;
    }
    int seconds = hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE;
    return sign == '-' ? -seconds : seconds;
  }

  /** The number that these characters are; negative when one of them is no digit. */
  private static int digits(String text, int from, int count) {
    int value = 0;
    for (int at = from; at < from + count; at++) {
      if (!isDigit(text.charAt(at))) {
        return -1;
      }
      value = value * 10 + (text.charAt(at) - '0');
    }
    return value;
  }

  private static boolean isDigit(char letter) {
    return letter >= '0' && letter <= '9';
  }
}
