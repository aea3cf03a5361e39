// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.blake3.Hash;
import java.util.Arrays;

/**
 * The hashes of up to 256 leaves that stand side by side.
 *
 * @param leaves the hashes, one after the other; not to be changed any more
 * @param count how many there are
 */
@SuppressWarnings("ArrayRecordComponent")
public record Tile(byte[] leaves, int count) {

  /** The hash over the leaves of a full tile. */
  public static Hash root(byte[] leaves, LogHash hash) {
    return reduce(leaves, 0, LeafTree.TILE_LEVEL, hash);
  }

  /** The hash over {@code 1 << level} leaves from {@code first} on. */
  Hash node(int level, int first, LogHash hash) {
    if (first + (1 << level) > count) {
      throw new IllegalStateException("The tile has only %d leaves".formatted(count));
    }
    return reduce(leaves, first * Hash.LENGTH, level, hash);
  }

  /** Level by level, in one array. */
  private static Hash reduce(byte[] leaves, int offset, int level, LogHash hash) {
    byte[] here = Arrays.copyOfRange(leaves, offset, offset + (Hash.LENGTH << level));
    for (int parents = (1 << level) / 2; parents > 0; parents /= 2) {
      hash.parents(here, parents);
    }
    return Hash.of(Arrays.copyOf(here, Hash.LENGTH));
  }
}
