// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofsTest {
  private static final int LARGEST = 130;
  private static final NaiveTree TREE = NaiveTree.of(LARGEST);

  private final Proofs proofs = new Proofs(TREE);
  private final Seeds seeds = Seeds.fromProperty();

  @Test
  void shouldHashLeavesAndNodesUnderContextsOfTheirOwn() {
    byte[] record = {1, 2, 3};

    assertThat(new LogHash().leaf(record).bytes())
        .isEqualTo(Blake3.deriveKey("omnibridge 2026-11-21 stamp log v1 leaf", record));
    assertThat(TREE.first(2).root()).isEqualTo(new LogHash().node(TREE.leaf(0), TREE.leaf(1)));
  }

  @Test
  void shouldProveEveryLeafOfEverySize() {
    for (int size = 1; size <= LARGEST; size++) {
      Hash root = TREE.first(size).root();
      assertThat(proofs.root(size)).isEqualTo(root);
      for (int index = 0; index < size; index++) {
        Proofs.checkInclusion(TREE.leaf(index), index, size, proofs.inclusion(index, size), root);
      }
    }
  }

  @Test
  void shouldProveThatEverySizeBeginsEveryLargerOne() {
    for (int to = 1; to <= LARGEST; to++) {
      for (int from = 1; from <= to; from++) {
        Proofs.checkConsistency(
            from, proofs.root(from), to, proofs.root(to), proofs.consistency(from, to));
      }
    }
  }

  @Test
  void shouldRefuseAnInclusionProofInWhichAnythingIsChanged() {
    for (int size = 1; size <= 40; size++) {
      Hash root = proofs.root(size);
      for (int index = 0; index < size; index++) {
        List<Hash> path = proofs.inclusion(index, size);
        refused(TREE.leaf((index + 1) % LARGEST), index, size, path, root);
        refused(TREE.leaf(index), index, size, path, proofs.root(size + 1));
        if (size > 1) {
          refused(TREE.leaf(index), (index + 1) % size, size, path, root);
          refused(TREE.leaf(index), index, size, path.subList(1, path.size()), root);
        }
        for (int step = 0; step < path.size(); step++) {
          refused(TREE.leaf(index), index, size, changed(path, step), root);
        }
        var longer = new ArrayList<>(path);
        longer.add(root);
        refused(TREE.leaf(index), index, size, longer, root);
      }
      refused(TREE.leaf(0), size, size, List.of(), root);
      refused(TREE.leaf(0), -1, size, List.of(), root);
    }
  }

  @Test
  void shouldRefuseAConsistencyProofInWhichAnythingIsChanged() {
    for (int to = 2; to <= 40; to++) {
      for (int from = 1; from < to; from++) {
        List<Hash> path = proofs.consistency(from, to);
        Hash fromRoot = proofs.root(from);
        Hash toRoot = proofs.root(to);
        inconsistent(from, toRoot, to, toRoot, path);
        inconsistent(from, fromRoot, to, fromRoot, path);
        for (int step = 0; step < path.size(); step++) {
          inconsistent(from, fromRoot, to, toRoot, changed(path, step));
        }
        inconsistent(from, fromRoot, to, toRoot, path.subList(1, path.size()));
      }
      inconsistent(to, proofs.root(to), to, proofs.root(to - 1), List.of());
      inconsistent(0, proofs.root(1), to, proofs.root(to), List.of());
    }
  }

  @Test
  void shouldProveFromTilesWhatTheWholeTreeProves() {
    var random = seeds.random("sizes");
    int largest = 2_000;
    NaiveTree whole = NaiveTree.of(largest);
    var naive = new Proofs(whole);
    var tree = new LeafTree();
    for (int i = 0; i < largest; i++) {
      tree.add(whole.leaf(i));
    }
    for (int round = 0; round < 60; round++) {
      int size = 1 + random.nextInt(largest);
      int from = 1 + random.nextInt(size);
      int index = random.nextInt(size);
      var tiles = new java.util.TreeMap<Long, Tile>();
      var needed = tree.tilesOfInclusion(index, size);
      needed.addAll(tree.tilesOfConsistency(from, size));
      needed.forEach(tile -> tiles.put(tile, tile(whole, tile, largest)));
      var tiled = new Proofs(tree.with(tiles));
      assertThat(tiled.root(size)).as(seeds.hint()).isEqualTo(naive.root(size));
      assertThat(tiled.inclusion(index, size))
          .as(seeds.hint())
          .isEqualTo(naive.inclusion(index, size));
      assertThat(tiled.consistency(from, size))
          .as(seeds.hint())
          .isEqualTo(naive.consistency(from, size));
      tiles.forEach((at, tile) -> assertThat(tree.agrees(at, tile)).isTrue());
    }
  }

  @Test
  void shouldSeeThatATileIsNotWhatWasAdded() {
    NaiveTree whole = NaiveTree.of(300);
    var tree = new LeafTree();
    for (int i = 0; i < 300; i++) {
      tree.add(whole.leaf(i));
    }
    Tile first = tile(whole, 0, 300);
    Tile last = tile(whole, 1, 300);
    first.leaves()[77] ^= 1;
    last.leaves()[77] ^= 1;

    assertThat(tree.agrees(0, first)).isFalse();
    assertThat(tree.agrees(1, last)).isFalse();
    assertThat(tree.size()).isEqualTo(300);
  }

  static Tile tile(NaiveTree tree, long index, int size) {
    int count = Math.min(LeafTree.TILE, size - (int) index * LeafTree.TILE);
    byte[] leaves = new byte[LeafTree.TILE * Hash.LENGTH];
    for (int i = 0; i < count; i++) {
      byte[] leaf = tree.leaf((int) index * LeafTree.TILE + i).bytes();
      System.arraycopy(leaf, 0, leaves, i * Hash.LENGTH, Hash.LENGTH);
    }
    return new Tile(leaves, count);
  }

  private static List<Hash> changed(List<Hash> path, int step) {
    var changed = new ArrayList<>(path);
    byte[] bytes = path.get(step).bytes();
    bytes[step % Hash.LENGTH] ^= 0x10;
    changed.set(step, Hash.of(bytes));
    return changed;
  }

  private static void refused(Hash leaf, long index, long size, List<Hash> path, Hash root) {
    assertThatThrownBy(() -> Proofs.checkInclusion(leaf, index, size, path, root))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.is("PROOF_INVALID")).isTrue());
  }

  private static void inconsistent(
      long from, Hash fromRoot, long to, Hash toRoot, List<Hash> path) {
    assertThatThrownBy(() -> Proofs.checkConsistency(from, fromRoot, to, toRoot, path))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.is("PROOF_INVALID")).isTrue());
  }
}
