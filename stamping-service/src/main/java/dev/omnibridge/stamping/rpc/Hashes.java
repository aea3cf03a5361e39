// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import org.jspecify.annotations.Nullable;

/** Hashes as clients write them. */
final class Hashes {
  private Hashes() {}

  /** The hash; INVALID (INVALID_HASH_FORMAT) when the text is none. */
  static Hash parse(String field, String text) {
    try {
      return Hash.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw Fault.invalidField("INVALID_HASH_FORMAT", field, malformed.getMessage() + ".");
    }
  }

  /** The hash, or null for an empty text. */
  static @Nullable Hash parseIfGiven(String field, String text) {
    return text.isEmpty() ? null : parse(field, text);
  }
}
