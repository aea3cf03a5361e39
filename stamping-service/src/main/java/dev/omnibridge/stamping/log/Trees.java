// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.merkle.LeafTree;
import dev.omnibridge.stamping.merkle.Origin;
import dev.omnibridge.stamping.merkle.Proofs;
import dev.omnibridge.stamping.merkle.Records;
import dev.omnibridge.stamping.merkle.Tile;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The trees of the logs that are asked for, computed from the leaves and kept while there is room.
 * Nothing of them is stored: what was given up is computed anew.
 */
final class Trees {
  private static final int MOST_WAITING = 64;

  /** What each takes besides its hashes: what computes them, lock, name and places in tables. */
  private static final long FIXED_BYTES = 6 << 10;

  /** A log up to this length is read in an instant. */
  private static final long SHORT_LOG = 4096;

  private final LeafClient client;
  private final Duration wait;
  private final long mostBytes;
  private final TileCache tiles = new TileCache();
  private final Map<Origin, Kept> trees = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * With the longest wait for somebody else who computes the same tree. An eighth of the heap is
   * for the trees: of 256 MiB 4,500 short logs or a hundred of a million leaves.
   */
  Trees(LeafClient client, Duration wait) {
    this(client, wait, Runtime.getRuntime().maxMemory() / 8);
  }

  /** With a bound of its own for what is kept, in bytes. */
  Trees(LeafClient client, Duration wait, long mostBytes) {
    this.client = client;
    this.wait = wait;
    this.mostBytes = mostBytes;
  }

  /** What is kept, in bytes. */
  synchronized long bytes() {
    return bytes;
  }

  /** A tree, and who works on it. */
  private static final class Kept {
    private final ReentrantLock lock = new ReentrantLock();
    private final LeafTree tree;

    /** What it adds to the bytes of all, and its leaves then; guarded by the owner. */
    private long counted;

    private long leaves;

    Kept(LeafTree tree) {
      this.tree = tree;
    }
  }

  /** Works with the tree of at least a size; what it needs of tiles is there. */
  <T> T prove(
      Origin origin,
      long size,
      Function<LeafTree, SortedSet<Long>> needs,
      Function<Proofs, T> work) {
    Kept kept = kept(origin);
    if (!locked(kept)) {
      throw Fault.of(
          Fault.Kind.EXHAUSTED, "STAMP_LOG_BUSY", "The tree of the log is being computed.");
    }
    try {
      grow(kept, origin.namespace(), size);
      var needed = new TreeMap<Long, Tile>();
      for (long index : needs.apply(kept.tree)) {
        needed.put(index, tile(kept, origin, index));
      }
      return work.apply(new Proofs(kept.tree.with(needed)));
    } finally {
      count(origin, kept);
      kept.lock.unlock();
    }
  }

  /** Not longer than the caller waits, and not behind too many others. */
  private boolean locked(Kept kept) {
    if (kept.lock.getQueueLength() >= MOST_WAITING) {
      return false;
    }
    try {
      long limit = CallScope.current().within(wait).toNanos();
      return kept.lock.tryLock(limit, TimeUnit.NANOSECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Kept empty(Origin origin) {
    return new Kept(new LeafTree((index, tile) -> tiles.put(origin, index, tile)));
  }

  private synchronized Kept kept(Origin origin) {
    return trees.computeIfAbsent(origin, this::empty);
  }

  /**
   * The longest unused ones are given up, and short logs first: the regular signing goes through
   * all that have grown, and would have every long one read again. One that somebody works on
   * stays: it gives nothing back before they are done, and would have to be read again after that.
   */
  private synchronized void count(Origin origin, Kept kept) {
    if (trees.get(origin) != kept) {
      return;
    }
    long now = kept.tree.bytes() + FIXED_BYTES;
    bytes += now - kept.counted;
    kept.counted = now;
    kept.leaves = kept.tree.size();
    giveUp(kept, SHORT_LOG);
    giveUp(kept, Long.MAX_VALUE);
  }

  private void giveUp(Kept inUse, long mostLeaves) {
    for (var each = trees.values().iterator(); bytes > mostBytes && each.hasNext(); ) {
      Kept eldest = each.next();
      boolean busy = eldest == inUse || eldest.counted == 0 || eldest.lock.isLocked();
      if (!busy && eldest.leaves <= mostLeaves) {
        bytes -= eldest.counted;
        each.remove();
      }
    }
  }

  /** What was added stays when it fails on the way: the next one goes on from there. */
  private void grow(Kept kept, String namespace, long size) {
    if (kept.tree.size() >= size) {
      return;
    }
    client.read(
        namespace,
        kept.tree.size(),
        size,
        piece -> {
          Records records = records(piece);
          byte[] hashes = kept.tree.hashes(records);
          for (int i = 0; i < records.count(); i++) {
            expect(namespace, kept.tree.size(), records.index(i));
            kept.tree.add(hashes, i * Hash.LENGTH);
          }
        });
    expect(namespace, size, kept.tree.size());
  }

  private Tile tile(Kept kept, Origin origin, long index) {
    Tile known = tiles.get(origin, index);
    if (known == null) {
      known = kept.tree.tail(index);
    }
    if (known == null) {
      known = read(kept, origin.namespace(), index);
      tiles.put(origin, index, known);
    }
    return known;
  }

  private Tile read(Kept kept, String namespace, long index) {
    long first = index * LeafTree.TILE;
    byte[] leaves = new byte[LeafTree.TILE * Hash.LENGTH];
    int[] count = {0};
    client.read(
        namespace,
        first,
        first + LeafTree.TILE,
        piece -> {
          Records records = records(piece);
          byte[] hashes = kept.tree.hashes(records);
          for (int i = 0; i < records.count(); i++) {
            expect(namespace, first + count[0]++, records.index(i));
          }
          int before = (count[0] - records.count()) * Hash.LENGTH;
          System.arraycopy(hashes, 0, leaves, before, hashes.length);
        });
    var tile = new Tile(leaves, count[0]);
    if (!kept.tree.agrees(index, tile)) {
      throw damaged(namespace, first);
    }
    return tile;
  }

  private static Records records(ByteString piece) {
    byte[] bytes = piece.toByteArray();
    var records = new Records(bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      long index = in.getLong();
      int length = in.getInt();
      records.add(index, bytes, in.position(), length);
      in.position(in.position() + length);
    }
    return records;
  }

  private static void expect(String namespace, long expected, long index) {
    if (index != expected) {
      throw damaged(namespace, expected);
    }
  }

  static Fault damaged(String namespace, long index) {
    return Fault.of(
            Fault.Kind.BROKEN,
            "STAMP_LOG_DAMAGED",
            "The log of stamps of %s is not what it was at leaf %d or behind it; audit it."
                .formatted(namespace, index))
        .with("namespace", namespace)
        .with("leaf_index", index);
  }
}
