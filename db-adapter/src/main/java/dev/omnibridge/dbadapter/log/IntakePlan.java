// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.runtime.Fault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an intake becomes: every event gets its version and its position, in order and
 * without a gap; an event that is known, or comes twice, is left out.
 */
public final class IntakePlan {

  /** Where a stream stands. */
  public record Head(int lane, long version) {}

  /**
   * What the intake is decided against, read while its lanes were locked.
   *
   * @param lanes next position of every locked lane
   * @param streams the streams that are there
   * @param known those of the events that are known to be there; not all of them, unless asked for
   */
  public record Found(Map<Integer, Long> lanes, Map<UUID, Head> streams, Set<EventKey> known) {}

  /** An event with its place; item is its index in the intake. */
  public record Row(int item, Intake.Event event, int lane, long version, long position) {}

  /** A stream that has grown. */
  public static final class Grown {
    private final Intake.Event first;
    private final int lane;
    private final boolean created;
    private long version;
    private long position;

    private Grown(Intake.Event first, int lane, boolean created, long version) {
      this.first = first;
      this.lane = lane;
      this.created = created;
      this.version = version;
    }

    public UUID key() {
      return first.key();
    }

    public StreamId stream() {
      return first.stream();
    }

    public int shard() {
      return first.shard();
    }

    public int lane() {
      return lane;
    }

    public boolean created() {
      return created;
    }

    public long version() {
      return version;
    }

    public long position() {
      return position;
    }
  }

  private final Found found;
  private final Map<Integer, Long> heads;
  private final Map<UUID, Grown> grown = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private int skipped;

  public IntakePlan(Intake intake, Found found) {
    this.found = found;
    this.heads = new HashMap<>(found.lanes());
    var seen = HashSet.<EventKey>newHashSet(intake.items().size());
    for (int i = 0; i < intake.items().size(); i++) {
      switch (intake.items().get(i)) {
        case Intake.Letter _ ->
            throw new IllegalArgumentException("Letters are written the other way");
        case Intake.Event event -> {
          EventKey key = event.row().key();
          if (found.known().contains(key)) {
            skipped++;
          } else if (seen.add(key)) {
            rows.add(row(i, event, intake.lane()));
          }
        }
      }
    }
  }

  private Row row(int item, Intake.Event event, int newLane) {
    Grown stream = grown.get(event.key());
    if (stream == null) {
      Head head = found.streams().get(event.key());
      stream =
          head == null
              ? new Grown(event, newLane, true, 0)
              : new Grown(event, head.lane(), false, head.version());
      grown.put(event.key(), stream);
    }
    long position = heads.merge(stream.lane, 1L, Long::sum) - 1;
    stream.version++;
    stream.position = position;
    return new Row(item, event, stream.lane, stream.version, position);
  }

  /** Lanes of the intake's streams that are not locked; with any of them the plan is void. */
  public static Set<Integer> elsewhere(Found found) {
    return found.streams().values().stream()
        .map(Head::lane)
        .filter(lane -> !found.lanes().containsKey(lane))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Why the positions cannot be moved: another consumer has moved them, or null. */
  public static @Nullable Fault refusal(List<Move> moves, Map<Partition, Long> stored) {
    for (Move move : moves) {
      long actual = stored.getOrDefault(move.partition(), -1L);
      if (actual != move.expected()) {
        return Batch.positionMoved(move, actual);
      }
    }
    return null;
  }

  /** The new events in the order of their items, which is that of each lane's positions. */
  public List<Row> rows() {
    return rows;
  }

  public Collection<Grown> grown() {
    return grown.values();
  }

  /** How many events the log has already; one that the intake holds twice is not counted. */
  public int skipped() {
    return skipped;
  }

  /** Next position of the lanes that moved, in the order of the lanes. */
  public Map<Integer, Long> movedLanes() {
    var moved = new TreeMap<Integer, Long>();
    heads.forEach((lane, next) -> {
      if (!next.equals(found.lanes().get(lane))) {
        moved.put(lane, next);
      }
    });
    return moved;
  }
}
