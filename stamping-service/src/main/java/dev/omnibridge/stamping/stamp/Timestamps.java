// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Times in stamps: ISO 8601 with an offset. */
final class Timestamps {
  private Timestamps() {}

  /** The time, or null when the text is none. */
  static @Nullable Instant parse(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException notATime) {
      return null;
    }
  }
}
