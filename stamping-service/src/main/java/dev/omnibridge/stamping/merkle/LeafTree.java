// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.blake3.Hash;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a log as it grows. Of every 256 leaves, a tile, it keeps only the hash over them, so
 * a million leaves take a quarter of a MiB; proofs need the leaves of one tile or two besides. Not
 * for use by several threads.
 */
public final class LeafTree {
  /** The height of a tile. */
  static final int TILE_LEVEL = 8;

  /** The leaves of a tile. */
  public static final int TILE = 1 << TILE_LEVEL;

  private static final int MOST_LEVELS = 40;
  private static final int FIRST_TAIL = 32;
  private static final byte[] NONE = {};

  /** Hears of every tile that is full, and of its leaves. */
  @FunctionalInterface
  public interface FullTiles {
    void full(long index, Tile tile);
  }

  private final LogHash hash = new LogHash();
  private final FullTiles fullTiles;

  /** The complete subtrees of a level from that of the tiles on, side by side. */
  private final byte[][] levels = new byte[MOST_LEVELS][];

  private final int[] counts = new int[MOST_LEVELS];

  /** Most logs are short, so it grows. */
  private byte[] tail = new byte[FIRST_TAIL * Hash.LENGTH];

  private int tailCount;

  /** An empty tree. */
  public LeafTree() {
    this((_, _) -> {});
  }

  /** An empty tree that tells of its full tiles, but for those that are added as such. */
  public LeafTree(FullTiles fullTiles) {
    this.fullTiles = fullTiles;
    Arrays.fill(levels, NONE);
  }

  /** How many leaves there are. */
  public long size() {
    return (long) counts[0] * TILE + tailCount;
  }

  /** The hashes of records, to be added. */
  public byte[] hashes(Records records) {
    return records.hashes(hash);
  }

  /** How much memory its hashes take, in bytes; it takes 4 KiB besides. */
  public long bytes() {
    return Arrays.stream(levels).mapToLong(level -> level.length).sum() + tail.length;
  }

  /** Adds the next leaf. */
  public void add(Hash leaf) {
    add(leaf.bytes(), 0);
  }

  /** Adds the next leaf, whose hash stands from {@code offset} on. */
  public void add(byte[] hashes, int offset) {
    if (tailCount * Hash.LENGTH == tail.length) {
      tail = Arrays.copyOf(tail, 2 * tail.length);
    }
    System.arraycopy(hashes, offset, tail, tailCount * Hash.LENGTH, Hash.LENGTH);
    if (++tailCount == TILE) {
      tailCount = 0;
      fullTiles.full(counts[0], new Tile(tail.clone(), TILE));
      push(0, Tile.root(tail, hash));
    }
  }

  /** Adds the next 256 leaves by the hash over them, when the leaves so far fill their tiles. */
  public void addTile(Hash root) {
    if (tailCount != 0) {
      throw new IllegalStateException("A tile can follow only upon tiles");
    }
    push(0, root);
  }

  private void push(int level, Hash node) {
    int at = counts[level]++ * Hash.LENGTH;
    if (at == levels[level].length) {
      levels[level] = Arrays.copyOf(levels[level], Math.max(1024, 2 * at));
    }
    System.arraycopy(node.bytes(), 0, levels[level], at, Hash.LENGTH);
    if ((counts[level] & 1) == 0) {
      push(level + 1, hash.node(levels[level], at - Hash.LENGTH));
    }
  }

  /** The tiles whose leaves are needed to compute the root of the log of a size. */
  public SortedSet<Long> tilesOfRoot(long size) {
    var tiles = new TreeSet<Long>();
    if (size % TILE != 0) {
      tiles.add(size / TILE);
    }
    return tiles;
  }

  /** The tiles whose leaves are needed to prove that a leaf is in the log of a size. */
  public SortedSet<Long> tilesOfInclusion(long index, long size) {
    SortedSet<Long> tiles = tilesOfRoot(size);
    tiles.add(index / TILE);
    return tiles;
  }

  /** The tiles whose leaves are needed to prove that one size begins another. */
  public SortedSet<Long> tilesOfConsistency(long fromSize, long toSize) {
    SortedSet<Long> tiles = tilesOfRoot(toSize);
    tiles.addAll(tilesOfRoot(fromSize));
    return tiles;
  }

  /** The complete subtrees, with the leaves of some tiles. */
  public Nodes with(Map<Long, Tile> tiles) {
    return (level, index) -> {
      if (level >= TILE_LEVEL) {
        return node(level - TILE_LEVEL, Math.toIntExact(index));
      }
      long first = index << level;
      Tile tile = tiles.get(first / TILE);
      if (tile == null) {
        throw new IllegalStateException("The leaves of tile %d are not here".formatted(first));
      }
      return tile.node(level, (int) (first % TILE), hash);
    };
  }

  private Hash node(int level, int index) {
    int at = index * Hash.LENGTH;
    return Hash.of(Arrays.copyOfRange(levels[level], at, at + Hash.LENGTH));
  }

  /** The last leaves, when they are those of a tile that is not full yet; null otherwise. */
  public @Nullable Tile tail(long index) {
    return index == counts[0] ? new Tile(tail.clone(), tailCount) : null;
  }

  /** Whether the leaves of a tile are those that were added; true for one that is not full yet. */
  public boolean agrees(long index, Tile tile) {
    if (index < counts[0]) {
      return tile.count() == TILE
          && Tile.root(tile.leaves(), hash).equals(node(0, Math.toIntExact(index)));
    }
    int known = Math.min(tailCount, tile.count()) * Hash.LENGTH;
    return Arrays.equals(tail, 0, known, tile.leaves(), 0, known);
  }
}
