// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_END;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_START;
import static dev.omnibridge.runtime.blake3.Compression.PARENT;
import static dev.omnibridge.runtime.blake3.Compression.ROOT;

/**
 * What inputs of one length, at most a chunk, that lie one after the other have in common: the
 * counter of the first, by how much it grows from one to the next, and the flags of the first and
 * of the last block of each.
 */
record Rows(int length, long counter, int step, int start, int end) {

  /** Pairs of chaining values. */
  static final Rows PARENTS = new Rows(BLOCK_LEN, 0, 0, PARENT, 0);

  /** Whole chunks, the first of which has this number. */
  static Rows chunks(long counter) {
    return new Rows(CHUNK_LEN, counter, 1, CHUNK_START, CHUNK_END);
  }

  /** Independent messages of this length. */
  static Rows messages(int length) {
    return new Rows(length, 0, 0, CHUNK_START, CHUNK_END | ROOT);
  }

  /** The counter of the given row. */
  long counter(int row) {
    return counter + (long) row * step;
  }

  /** The number of blocks of each; no bytes are one empty block. */
  int blocks() {
    return Math.max(1, (length + BLOCK_LEN - 1) / BLOCK_LEN);
  }

  /** The number of bytes in the given block of each. */
  int blockLen(int block) {
    return Math.min(BLOCK_LEN, length - BLOCK_LEN * block);
  }

  /** The flags of the given block of each. */
  int flags(int block) {
    return (block == 0 ? start : 0) | (block == blocks() - 1 ? end : 0);
  }
}
