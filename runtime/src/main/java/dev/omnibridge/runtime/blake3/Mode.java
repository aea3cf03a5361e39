// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.DERIVE_KEY_CONTEXT;
import static dev.omnibridge.runtime.blake3.Compression.DERIVE_KEY_MATERIAL;
import static dev.omnibridge.runtime.blake3.Compression.KEYED_HASH;
import static java.nio.charset.StandardCharsets.UTF_8;

/** What every compression of a hash starts from: eight key words, never changed, and the flags. */
record Mode(int[] key, int flags) {

  /** The plain hash. */
  static Mode hash() {
    return new Mode(Compression.iv(), 0);
  }

  /** The hash under a key of 32 bytes. */
  static Mode keyedHash(byte[] key) {
    return new Mode(words(key), KEYED_HASH);
  }

  /** The derivation of keys for the use that the context names. */
  static Mode deriveKey(String context) {
    byte[] bytes = context.getBytes(UTF_8);
    Mode mode = new Mode(Compression.iv(), DERIVE_KEY_CONTEXT);
    return new Mode(words(Tree.root(mode, bytes, 0, bytes.length).hash()), DERIVE_KEY_MATERIAL);
  }

  private static int[] words(byte[] key) {
    if (key.length != Hash.LENGTH) {
      throw new IllegalArgumentException(
          "A key has %d bytes, not %d".formatted(Hash.LENGTH, key.length));
    }
    int[] words = new int[Hash.LENGTH / Integer.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i] = Compression.word(key, Integer.BYTES * i);
    }
    return words;
  }
}
