// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import java.util.Arrays;

/** Records of leaves side by side, so that their hashes are computed together. */
public final class Records {
  private final byte[] bytes;
  private int[] bounds = new int[1024];
  private long[] indexes = new long[1024];
  private int count;

  /** With room for so many bytes in all. */
  public Records(int room) {
    this.bytes = new byte[room];
  }

  /** Adds a record of {@code length} bytes from {@code offset}. */
  public void add(long index, byte[] from, int offset, int length) {
    if (count + 1 == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
      indexes = Arrays.copyOf(indexes, 2 * indexes.length);
    }
    int at = bounds[count];
    System.arraycopy(from, offset, bytes, at, length);
    indexes[count] = index;
    bounds[++count] = at + length;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** The index of the leaf that was added as the {@code i}th. */
  public long index(int i) {
    return indexes[i];
  }

  /** The hashes of the leaves in the order of adding, one after the other. */
  public byte[] hashes(LogHash hash) {
    return hash.leaves(bytes, Arrays.copyOf(bounds, count + 1));
  }
}
