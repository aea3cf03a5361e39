// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.similarity;

/** Hashes that are the same on every machine and in every version, as they are stored. */
public final class Hashing {
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Hashing() {}

  /** FNV-1a of the characters, mixed. */
  public static long of(String term) {
    long hash = BASIS;
    for (int i = 0; i < term.length(); i++) {
      hash = (hash ^ term.charAt(i)) * PRIME;
    }
    return mixed(hash);
  }

  /** The finalizer of MurmurHash3, which spreads every bit over all. */
  static long mixed(long value) {
    long x = value;
    x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
    x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return x ^ (x >>> 33);
  }
}
