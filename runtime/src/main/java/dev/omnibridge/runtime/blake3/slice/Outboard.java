// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.Subtree;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The inner nodes of a content's tree: 64 bytes for every 16 KiB of content, and its length. */
public final class Outboard {
  static final int HEADER = Long.BYTES;
  static final int PAIR = 2 * Hash.LENGTH;

  private final byte[] bytes;

  private Outboard(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * An outboard that was kept. Its nodes are not checked here: a slice that was extracted with
   * wrong ones is refused by whoever verifies it.
   */
  public static Outboard parse(byte[] bytes) throws SliceException {
    if (bytes.length < HEADER) {
      throw new SliceException(
          SliceException.Reason.TRUNCATED, "An outboard begins with 8 bytes of length");
    }
    long length = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getLong();
    if (length < 0 || Groups.of(length).count() - 1 != (bytes.length - HEADER) / (double) PAIR) {
      throw new SliceException(
          SliceException.Reason.IMPOSSIBLE_LENGTH,
          "An outboard of %d bytes is not that of a content of %d".formatted(bytes.length, length));
    }
    return new Outboard(bytes.clone());
  }

  /** Puts the nodes above the values of all groups in their places. */
  static Outboard above(byte[] values, long contentLength) {
    Groups all = Groups.of(contentLength);
    long size = HEADER + PAIR * (all.count() - 1);
    Outboard outboard = new Outboard(new byte[Math.toIntExact(size)]);
    ByteBuffer.wrap(outboard.bytes).order(LITTLE_ENDIAN).putLong(contentLength);
    outboard.fill(all, 0, values);
    return outboard;
  }

  private byte[] fill(Groups groups, long node, byte[] values) {
    if (groups.areOne()) {
      int at = (int) groups.first() * Hash.LENGTH;
      return Arrays.copyOfRange(values, at, at + Hash.LENGTH);
    }
    Groups left = groups.left();
    byte[] pair = Arrays.copyOf(fill(left, leftOf(node), values), PAIR);
    byte[] right = fill(groups.right(), rightOf(node, left), values);
    System.arraycopy(right, 0, pair, Hash.LENGTH, Hash.LENGTH);
    System.arraycopy(pair, 0, bytes, place(node), PAIR);
    return Subtree.ofPair(pair, false);
  }

  /** The length of the content, as it says. */
  public long contentLength() {
    return ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getLong();
  }

  /** The hash of the content where there is an inner node; the only group is its own root. */
  Hash root() {
    return Hash.of(Subtree.ofPair(pair(0), true));
  }

  /** The bytes to keep. */
  public byte[] bytes() {
    return bytes.clone();
  }

  byte[] pair(long node) {
    return Arrays.copyOfRange(bytes, place(node), place(node) + PAIR);
  }

  /** The number of the node below to the left: it follows at once. */
  static long leftOf(long node) {
    return node + 1;
  }

  /** The number of the node below to the right: it follows all those of the left. */
  static long rightOf(long node, Groups left) {
    return node + left.count();
  }

  private static int place(long node) {
    return (int) (HEADER + PAIR * node);
  }
}
