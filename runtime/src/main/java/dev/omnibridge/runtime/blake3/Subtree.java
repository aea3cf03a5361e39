// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.PARENT;

/**
 * Parts of the tree of a plain hash, for who keeps or checks parts of it. A value that was computed
 * as the root never equals one that was not.
 */
public final class Subtree {
  private static final Mode MODE = Mode.hash();

  private Subtree() {}

  /**
   * The value of the subtree over {@code length} bytes, which stand {@code position} bytes behind
   * the start of the content. The position is a multiple of a power of two, at least 1,024, that is
   * no smaller than the length.
   */
  public static byte[] ofBytes(byte[] bytes, int at, int length, long position, boolean root) {
    return value(Tree.root(MODE, position / CHUNK_LEN, bytes, at, length), root);
  }

  /** The value of the subtree above two others, whose values stand one after the other. */
  public static byte[] ofPair(byte[] pair, boolean root) {
    if (pair.length != BLOCK_LEN) {
      throw new IllegalArgumentException("A pair has 64 bytes, not %d".formatted(pair.length));
    }
    return value(new Node(MODE.key(), pair, BLOCK_LEN, 0, PARENT), root);
  }

  private static byte[] value(Node node, boolean root) {
    if (root) {
      return node.hash();
    }
    byte[] value = new byte[Hash.LENGTH];
    node.chainingValue(value, 0);
    return value;
  }
}
