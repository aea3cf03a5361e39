// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;

/**
 * What identifies a file: {@code contentHash} over its bytes as they are, {@code fileHash} by the
 * rule for text, equal to the other one when the file is not text.
 *
 * @param size in bytes
 */
public record Digests(Hash contentHash, Hash fileHash, long size, Nature nature) {

  /** What the bytes of a file are. */
  public enum Nature {
    /** Valid UTF-8 without NUL. */
    TEXT,
    /** It would be text, but is not valid UTF-8. */
    NOT_UTF8,
    /** It holds NUL. */
    BINARY
  }

  /** True when the hash rule for text was applied. */
  public boolean text() {
    return nature == Nature.TEXT;
  }
}
