// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.runtime.blake3.slice.Range;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Bytes of a content as users name them: FROM:COUNT. */
final class ByteRange implements ITypeConverter<Range> {
  @Override
  public Range convert(String text) {
    String[] parts = text.split(":", -1);
    try {
      if (parts.length == 2) {
        return new Range(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
      }
    } catch (IllegalArgumentException none) {
      throw new TypeConversionException(none(text));
    }
    throw new TypeConversionException(none(text));
  }

  private static String none(String text) {
    return "'%s' is no range of bytes; give FROM:COUNT, like 4096:100".formatted(text);
  }
}
