// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A BLAKE3 hash of 32 bytes. Two hashes are compared in a time that does not depend on their bytes,
 * so that a keyed hash can be checked with {@code equals}.
 */
public final class Hash {
  /** The number of bytes of every hash. */
  public static final int LENGTH = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The hash made of these 32 bytes. */
  public static Hash of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "A hash has %d bytes, not %d".formatted(LENGTH, bytes.length));
    }
    return new Hash(bytes.clone());
  }

  /**
   * Reads 64 hexadecimal digits, in either case.
   *
   * @throws IllegalArgumentException with a message that says what is wrong
   */
  public static Hash parse(String hex) {
    if (hex.length() != 2 * LENGTH) {
      throw new IllegalArgumentException(
          "A hash is written as %d hexadecimal digits, not %d characters"
              .formatted(2 * LENGTH, hex.length()));
    }
    for (int i = 0; i < hex.length(); i++) {
      if (!HexFormat.isHexDigit(hex.charAt(i))) {
        throw new IllegalArgumentException(
            "A hash is written in hexadecimal digits, but character %d is none".formatted(i + 1));
      }
    }
    return new Hash(HEX.parseHex(hex));
  }

  /** The hash as 64 lower-case hexadecimal digits. */
  public String hex() {
    return HEX.formatHex(bytes);
  }

  /** The 32 bytes, a fresh copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hash that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Compression.word(bytes, 0);
  }

  @Override
  public String toString() {
    return hex();
  }
}
