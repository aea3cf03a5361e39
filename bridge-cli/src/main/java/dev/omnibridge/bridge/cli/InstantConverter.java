// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a moment: with an offset ({@code 2026-11-21T10:00:00Z}), in the user's zone ({@code
 * 2026-11-21T10:00}, {@code 2026-11-21}), or so long ago ({@code 10m}).
 */
final class InstantConverter implements ITypeConverter<Instant> {
  private final Clock clock;

  InstantConverter(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Instant convert(String value) {
    try {
      if (!value.contains("-")) {
        return clock.instant().minus(new SpanConverter().convert(value));
      }
      if (!value.contains("T")) {
        return LocalDate.parse(value).atStartOfDay(clock.getZone()).toInstant();
      }
      return value.matches(".*(Z|[+-]\\d\\d:\\d\\d)$")
          ? OffsetDateTime.parse(value).toInstant()
          : LocalDateTime.parse(value).atZone(clock.getZone()).toInstant();
    } catch (DateTimeException | TypeConversionException | ArithmeticException unreadable) {
      throw new TypeConversionException(
          "a time is like 2026-11-21T10:00:00Z, 2026-11-21T10:00, 2026-11-21, or 10m for ten minutes ago");
    }
  }
}
