// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;

import java.util.Objects;

/**
 * The extendable output of a finished hash: a stream without an end that can be read from any
 * position. Its first 32 bytes are the {@link Hash}. Not for use by several threads.
 */
public final class Output {
  private final Node root;
  private final byte[] block = new byte[BLOCK_LEN];
  private long blockIndex = -1;
  private long position;

  Output(Node root) {
    this.root = root;
  }

  /** Moves to the given number of bytes from the start. */
  public Output seek(long to) {
    if (to < 0) {
      throw new IllegalArgumentException("Position %d is negative".formatted(to));
    }
    position = to;
    return this;
  }

  /** The number of bytes from the start at which the next read begins. */
  public long position() {
    return position;
  }

  /** Reads the next {@code length} bytes. */
  public byte[] read(int length) {
    byte[] bytes = new byte[length];
    read(bytes, 0, length);
    return bytes;
  }

  /** Reads the next {@code length} bytes into {@code to}. */
  public void read(byte[] to, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, to.length);
    Math.addExact(position, length);
    for (int done = 0; done < length; ) {
      load(position / BLOCK_LEN);
      int from = (int) (position % BLOCK_LEN);
      int count = Math.min(length - done, BLOCK_LEN - from);
      System.arraycopy(block, from, to, offset + done, count);
      position += count;
      done += count;
    }
  }

  private void load(long index) {
    if (index != blockIndex) {
      root.rootBlock(index, block);
      blockIndex = index;
    }
  }
}
