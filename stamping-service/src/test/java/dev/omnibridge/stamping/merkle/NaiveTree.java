// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The tree as RFC 9162 defines it, without a thought for speed. */
final class NaiveTree implements Nodes {
  private final List<Hash> leaves;
  private final Map<List<Long>, Hash> known = new HashMap<>();

  NaiveTree(List<Hash> leaves) {
    this.leaves = leaves;
  }

  static NaiveTree of(int size) {
    return new NaiveTree(
        IntStream.range(0, size)
            .mapToObj(i -> new LogHash().leaf(("leaf " + i).getBytes(UTF_8)))
            .toList());
  }

  Hash leaf(int index) {
    return leaves.get(index);
  }

  Hash root() {
    return root(leaves);
  }

  NaiveTree first(int size) {
    return new NaiveTree(leaves.subList(0, size));
  }

  private static Hash root(List<Hash> leaves) {
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int half = 1;
    while (2 * half < leaves.size()) {
      half *= 2;
    }
    byte[] left = root(leaves.subList(0, half)).bytes();
    byte[] right = root(leaves.subList(half, leaves.size())).bytes();
    byte[] both = new byte[64];
    System.arraycopy(left, 0, both, 0, 32);
    System.arraycopy(right, 0, both, 32, 32);
    return Hash.of(Blake3.deriveKey("omnibridge 2026-11-21 stamp log v1 node", both));
  }

  @Override
  public Hash node(int level, long index) {
    int from = (int) (index << level);
    return known.computeIfAbsent(
        List.of((long) level, index), _ -> root(leaves.subList(from, from + (1 << level))));
  }
}
