// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a span as people write it: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}. */
final class SpanConverter implements ITypeConverter<Duration> {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /** Nanoseconds of three of them would not fit a long. */
  private static final Duration MOST = Duration.ofDays(36_500);

  @Override
  public Duration convert(String value) {
    var parts = SPAN.matcher(value.strip().toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new TypeConversionException("a span is a number with ms, s, m, h or d, like 30s");
    }
    Duration span = span(Long.parseLong(parts.group(1)), parts.group(2));
    if (span.compareTo(MOST) > 0) {
      throw new TypeConversionException("a span is %d d at most".formatted(MOST.toDays()));
    }
    return span;
  }

  private static Duration span(long amount, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }
}
