// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.ROOT;

import java.util.Arrays;

/**
 * A compression not yet made: only when it is known whether the node is the root can it be. The
 * arrays are its own and never change, except {@code h}, which may be shared and is only read.
 */
record Node(int[] h, byte[] block, int blockLen, long counter, int flags) {

  /** Writes the 32 bytes that a parent takes in. */
  void chainingValue(byte[] to, int at) {
    Compression.store(compress(counter, flags), 8, to, at);
  }

  /** The hash of the whole tree, this node being its root. */
  byte[] hash() {
    byte[] bytes = new byte[Hash.LENGTH];
    Compression.store(compress(0, flags | ROOT), 8, bytes, 0);
    return bytes;
  }

  /** Writes 64 bytes of the output of the whole tree, this node being its root. */
  void rootBlock(long index, byte[] to) {
    Compression.store(compress(index, flags | ROOT), 16, to, 0);
  }

  private int[] compress(long counter, int flags) {
    int[] state = Arrays.copyOf(h, 16);
    Compression.compress(state, block, 0, blockLen, counter, flags);
    return state;
  }
}
