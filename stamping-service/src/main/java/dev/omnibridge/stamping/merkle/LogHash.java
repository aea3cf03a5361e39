// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.blake3.Batch;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;

/**
 * The two hash functions of the tree: BLAKE3 in derive-key mode, each under a context of its own,
 * so that no leaf is ever a node. A node's input is one block: half the work of a prefix byte. Not
 * for use by several threads.
 */
public final class LogHash {
  /** The context of leaves; {@code b3sum --derive-key} with it prints a record's leaf hash. */
  public static final String LEAF_CONTEXT = "omnibridge 2026-11-21 stamp log v1 leaf";

  /** The context of nodes, over the hashes of the left and the right child. */
  public static final String NODE_CONTEXT = "omnibridge 2026-11-21 stamp log v1 node";

  private static final Batch LEAVES = Batch.deriving(LEAF_CONTEXT);
  private static final Batch NODES = Batch.deriving(NODE_CONTEXT);

  private final Blake3 leaf = Blake3.keyDeriver(LEAF_CONTEXT);
  private final Blake3 node = Blake3.keyDeriver(NODE_CONTEXT);

  /** The hash of a record. */
  public Hash leaf(byte[] record) {
    return leaf(record, 0, record.length);
  }

  /** The hash of the record of {@code length} bytes from {@code offset}. */
  public Hash leaf(byte[] bytes, int offset, int length) {
    return leaf.reset().update(bytes, offset, length).finish();
  }

  /**
   * The hashes, one after the other, of records that stand side by side: each from its bound to the
   * next one.
   */
  public byte[] leaves(byte[] records, int[] bounds) {
    return LEAVES.hashEach(records, bounds);
  }

  /** Replaces the first {@code 2 * count} hashes of a level by those of their parents. */
  void parents(byte[] level, int count) {
    NODES.hashEach(level, 0, 2 * Hash.LENGTH, count, level, 0);
  }

  /** The hash of an inner node. */
  public Hash node(Hash left, Hash right) {
    return node.reset().update(left.bytes()).update(right.bytes()).finish();
  }

  /** The hash of the node over the two hashes that stand side by side from {@code offset}. */
  Hash node(byte[] pairs, int offset) {
    return node.reset().update(pairs, offset, 2 * Hash.LENGTH).finish();
  }
}
