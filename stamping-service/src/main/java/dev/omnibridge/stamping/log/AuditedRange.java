// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.api.log.v1.CompareStampsResponse;
import dev.omnibridge.api.log.v1.GetStampEventsResponse;
import dev.omnibridge.api.log.v1.StampEvent;
import dev.omnibridge.api.log.v1.StampLeafRun;
import dev.omnibridge.api.log.v1.StampRevision;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.merkle.Difference;
import dev.omnibridge.stamping.merkle.EventCheck;
import dev.omnibridge.stamping.merkle.LeafTree;
import dev.omnibridge.stamping.merkle.LogHash;
import dev.omnibridge.stamping.merkle.Records;
import dev.omnibridge.stamping.merkle.RowCheck;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.merkle.Tile;
import dev.omnibridge.stamping.merkle.Tuples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A range of leaves, looked at one by one: their hashes, and what does not fit to the rows and the
 * events. In memory that grows with the range only.
 */
final class AuditedRange {
  private static final int MOST_SUSPICIONS = 100;
  private static final int EVENTS_AT_ONCE = 1000;

  private final LeafClient client;
  private final String namespace;
  private final long from;
  private final int count;
  private final boolean deep;
  private final RowCheck rows;
  private final LogHash hash = new LogHash();
  private final byte[] leaves;
  private final BitSet present;
  private final BitSet seen;
  private final List<CountedTile> tiles = new ArrayList<>();
  private final List<Suspicion> suspicions = new ArrayList<>();
  private long suspicious;
  private long rowsAgreeing;
  private long eventsAgreeing;

  AuditedRange(LeafClient client, String namespace, long from, long to, boolean deep) {
    this.client = client;
    this.namespace = namespace;
    this.from = from;
    this.count = Math.toIntExact(to - from);
    this.deep = deep;
    this.rows = new RowCheck(namespace);
    this.leaves = new byte[count * Hash.LENGTH];
    this.present = new BitSet(count);
    this.seen = new BitSet(count);
  }

  AuditedRange read() {
    client.compare(namespace, from, from + count, this::take);
    for (int gap = seen.nextClearBit(0); gap < count; gap = seen.nextClearBit(gap + 1)) {
      suspect(new Suspicion(from + gap, null, null, null, false, 0, -1));
    }
    int whole = untilGap();
    for (int at = 0; at < whole; at += LeafTree.TILE) {
      tiles.add(tile(at, Math.min(LeafTree.TILE, whole - at)));
    }
    return this;
  }

  private CountedTile tile(int at, int some) {
    byte[] hashes =
        Arrays.copyOfRange(leaves, at * Hash.LENGTH, (at + LeafTree.TILE) * Hash.LENGTH);
    return new CountedTile(
        (from + at) / LeafTree.TILE,
        new Tile(hashes, some),
        some == LeafTree.TILE ? Tile.root(hashes, hash) : null);
  }

  /** A tile, its place, and the hash over it when it is full. */
  record CountedTile(long index, Tile tile, @Nullable Hash root) {}

  private void take(CompareStampsResponse piece) {
    Map<StampRevision, Suspicion> records = new HashMap<>();
    for (StampLeafRun run : piece.getAgreeingList()) {
      place(run, records);
    }
    var tuples = new Tuples(piece.getRows().toByteArray());
    var leavesOfPiece = new Records(piece.getRows().size());
    while (tuples.next()) {
      int at = Math.toIntExact(tuples.leafIndex() - from);
      seen.set(at);
      if (tuples.hasRecord()) {
        present.set(at);
        leavesOfPiece.add(at, tuples.array(), tuples.recordOffset(), tuples.recordLength());
        if (deep) {
          remember(suspicion(tuples, null), records);
        }
      }
      compare(tuples);
    }
    place(leavesOfPiece);
    events(records);
  }

  /** Leaves whose rows say the same; what is hashed is what was sent, whatever is said of it. */
  private void place(StampLeafRun run, Map<StampRevision, Suspicion> into) {
    byte[] bytes = run.getRecords().toByteArray();
    int[] bounds = bounds(run, bytes.length);
    int some = bounds.length - 1;
    int at = Math.toIntExact(run.getFirstIndex() - from);
    System.arraycopy(hash.leaves(bytes, bounds), 0, leaves, at * Hash.LENGTH, some * Hash.LENGTH);
    seen.set(at, at + some);
    present.set(at, at + some);
    rowsAgreeing += some;
    for (int i = 0; deep && i < some; i++) {
      byte[] record = Arrays.copyOfRange(bytes, bounds[i], bounds[i + 1]);
      remember(new Suspicion(from + at + i, record, null, null, false, 0, -1), into);
    }
  }

  private static int[] bounds(StampLeafRun run, int bytes) {
    int[] bounds = new int[run.getLengthsCount() + 1];
    for (int i = 0; i < run.getLengthsCount(); i++) {
      bounds[i + 1] = Math.addExact(bounds[i], run.getLengths(i));
    }
    if (bounds[run.getLengthsCount()] != bytes) {
      throw new IllegalStateException("Records whose lengths are not those that were sent");
    }
    return bounds;
  }

  private void place(Records records) {
    byte[] hashes = records.hashes(hash);
    for (int i = 0; i < records.count(); i++) {
      int at = (int) records.index(i) * Hash.LENGTH;
      System.arraycopy(hashes, i * Hash.LENGTH, leaves, at, Hash.LENGTH);
    }
  }

  private void compare(Tuples tuple) {
    if (tuple.hasRecord() && tuple.hasRow()) {
      @Nullable Difference difference = rows.compare(tuple);
      if (difference == null) {
        rowsAgreeing++;
      } else {
        suspect(suspicion(tuple, difference));
      }
    } else if (!tuple.hasRecord() || !isSuperseded(tuple)) {
      suspect(suspicion(tuple, null));
    }
  }

  /** A later revision has a leaf of its own, behind this one. */
  private static boolean isSuperseded(Tuples tuple) {
    Suspicion leaf = suspicion(tuple, null);
    StampRecord record = leaf.stamp();
    return record != null
        && tuple.newestRevision() > record.revision()
        && tuple.newestIndex() > tuple.leafIndex();
  }

  private static Suspicion suspicion(Tuples tuple, @Nullable Difference difference) {
    return new Suspicion(
        tuple.leafIndex(),
        tuple.hasRecord() ? tuple.record() : null,
        tuple.hasRow() ? tuple.row() : null,
        difference,
        false,
        tuple.newestRevision(),
        tuple.newestIndex());
  }

  private void suspect(Suspicion suspicion) {
    suspicious++;
    if (suspicions.size() < MOST_SUSPICIONS) {
      suspicions.add(suspicion);
    }
  }

  /** A record that cannot be read is told by its row or by the tree. */
  private static void remember(Suspicion leaf, Map<StampRevision, Suspicion> into) {
    StampRecord record = leaf.stamp();
    if (record != null) {
      into.put(revision(record), leaf);
    }
  }

  static StampRevision revision(StampRecord record) {
    return StampRevision.newBuilder()
        .setFileHash(record.fileHash().hex())
        .setRevision(Math.max(1, record.revision()))
        .build();
  }

  private void events(Map<StampRevision, Suspicion> records) {
    List<StampRevision> asked = List.copyOf(records.keySet());
    for (int at = 0; at < asked.size(); ) {
      List<StampRevision> some = asked.subList(at, Math.min(asked.size(), at + EVENTS_AT_ONCE));
      GetStampEventsResponse answer = client.events(namespace, some);
      if (answer.getLookedFor() == 0) {
        throw Fault.broken(new IllegalStateException("No event was looked for"));
      }
      compare(some.subList(0, answer.getLookedFor()), answer, records);
      at += answer.getLookedFor();
    }
  }

  private void compare(
      List<StampRevision> asked,
      GetStampEventsResponse answer,
      Map<StampRevision, Suspicion> records) {
    Map<StampRevision, byte[]> bodies = new HashMap<>();
    for (StampEvent event : answer.getEventsList()) {
      bodies.put(
          StampRevision.newBuilder()
              .setFileHash(event.getFileHash())
              .setRevision(event.getRevision())
              .build(),
          event.getBody().toByteArray());
    }
    for (StampRevision one : asked) {
      Suspicion leaf = records.get(one);
      StampRecord record = leaf == null ? null : leaf.stamp();
      if (leaf == null || record == null) {
        continue;
      }
      byte[] body = bodies.get(one);
      @Nullable Difference difference = body == null ? null : EventCheck.compare(record, body);
      if (body != null && difference == null) {
        eventsAgreeing++;
      } else {
        suspect(new Suspicion(leaf.index(), leaf.record(), null, difference, true, 0, -1));
      }
    }
  }

  long from() {
    return from;
  }

  int count() {
    return count;
  }

  /** How many leaves there are before the first that is missing. */
  private int untilGap() {
    return present.nextClearBit(0);
  }

  /** Where the first leaf is missing; the largest number when none is. */
  long gap() {
    return untilGap() < count ? from + untilGap() : Long.MAX_VALUE;
  }

  /** The tiles in their order, up to the first leaf that is missing. */
  List<CountedTile> tiles() {
    return tiles;
  }

  List<Suspicion> suspicions() {
    return suspicions;
  }

  long suspicious() {
    return suspicious;
  }

  long rowsAgreeing() {
    return rowsAgreeing;
  }

  long eventsAgreeing() {
    return eventsAgreeing;
  }
}
