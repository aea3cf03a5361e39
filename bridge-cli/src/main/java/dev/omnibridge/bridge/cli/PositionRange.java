// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Positions of a lane as they are written: LANE:FROM or LANE:FROM-TO.
 *
 * @param to the last position, 0 without one
 */
record PositionRange(int lane, long from, long to) {

  /** Reads what the user wrote. */
  static final class Converter implements ITypeConverter<PositionRange> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,2}):(\\d{1,18})(?:-(\\d{1,18}))?");

    @Override
    public PositionRange convert(String value) {
      Matcher parts = FORM.matcher(value);
      if (!parts.matches()) {
        throw new TypeConversionException(
            "'%s' is no place in a lane; give LANE:FROM-TO, like 2:1000-2000.".formatted(value));
      }
      String to = parts.group(3);
      return new PositionRange(
          Integer.parseInt(parts.group(1)),
          Long.parseLong(parts.group(2)),
          to == null ? 0 : Long.parseLong(to));
    }
  }
}
