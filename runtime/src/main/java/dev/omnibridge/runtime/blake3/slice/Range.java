// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

/** At least one byte of a content, from a position on. */
public record Range(long from, long count) {

  /** Refuses what no content can have. */
  public Range {
    if (from < 0 || count < 1 || from > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException("No content has %d bytes from %d".formatted(count, from));
    }
  }

  /** The position behind the last byte. */
  public long end() {
    return from + count;
  }
}
