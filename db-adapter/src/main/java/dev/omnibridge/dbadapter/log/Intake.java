// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.runtime.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * What was consumed and has to be kept together: events and letters, those of a partition in the
 * order of their offsets, and the positions behind them. It can be cut anywhere, and each part
 * moves just the positions that its own items have reached.
 *
 * @param lane where streams that are new begin
 * @param moves one for each partition of the items at least
 */
public record Intake(int lane, List<Item> items, List<Move> moves) {

  /** About what an item takes besides its bytes from Kafka. */
  private static final int AROUND = 256;

  /** What one record became. */
  public sealed interface Item {
    Partition partition();

    long offset();

    /** About how much memory it takes. */
    int bytes();
  }

  /**
   * An event to append.
   *
   * @param letter the record as a dead letter, should the database refuse the event
   */
  public record Event(
      Partition partition,
      long offset,
      StreamId stream,
      UUID key,
      int shard,
      NewRow row,
      Function<Fault, DeadLetter> letter)
      implements Item {
    @Override
    public int bytes() {
      return row.body().size() + AROUND;
    }
  }

  /** A record that is beyond help. */
  public record Letter(Partition partition, long offset, DeadLetter letter) implements Item {
    @Override
    public int bytes() {
      return letter.getSerializedSize() + AROUND;
    }
  }

  /** The same with the event at this index dead. */
  public Intake dead(int index, Fault why) {
    var event = (Event) items.get(index);
    var others = new ArrayList<>(items);
    others.set(index, new Letter(event.partition(), event.offset(), event.letter().apply(why)));
    return new Intake(lane, others, moves);
  }

  public boolean hasLetters() {
    return items.stream().anyMatch(Letter.class::isInstance);
  }

  /** The same in parts of so many items at most, to be stored one after the other. */
  public List<Intake> parts(int size) {
    var ends = new ArrayList<Integer>();
    for (int end = size; end < items.size(); end += size) {
      ends.add(end);
    }
    return cut(ends);
  }

  /**
   * The same in parts of so many bytes at most, to be stored one after the other; an item that has
   * more is a part by itself.
   */
  public List<Intake> bounded(long bytes) {
    var ends = new ArrayList<Integer>();
    long sum = 0;
    for (int i = 0; i < items.size(); i++) {
      long size = items.get(i).bytes();
      if (i > 0 && sum + size > bytes) {
        ends.add(i);
        sum = 0;
      }
      sum += size;
    }
    return cut(ends);
  }

  /** About how much memory its items take. */
  public long bytes() {
    return items.stream().mapToLong(Item::bytes).sum();
  }

  /** The same in parts that hold either events or letters, to be stored one after the other. */
  public List<Intake> runs() {
    var ends = new ArrayList<Integer>();
    for (int i = 1; i < items.size(); i++) {
      if (items.get(i) instanceof Letter != items.get(i - 1) instanceof Letter) {
        ends.add(i);
      }
    }
    return cut(ends);
  }

  private List<Intake> cut(List<Integer> ends) {
    if (ends.isEmpty()) {
      return List.of(this);
    }
    var parts = new ArrayList<Intake>();
    var reached = new HashMap<Partition, Long>();
    moves.forEach(move -> reached.put(move.partition(), move.expected()));
    int from = 0;
    for (int end : ends) {
      parts.add(part(items.subList(from, end), reached));
      from = end;
    }
    parts.add(last(items.subList(from, items.size()), reached));
    return parts;
  }

  /**
   * Moves the positions to behind its items, and no further: there may be more of the partition.
   */
  private Intake part(List<Item> some, Map<Partition, Long> reached) {
    var next = new HashMap<Partition, Long>();
    some.forEach(item -> next.put(item.partition(), item.offset() + 1));
    var moved = new ArrayList<Move>();
    for (Move whole : moves) {
      Long target = next.get(whole.partition());
      if (target != null) {
        moved.add(new Move(whole.partition(), from(whole, reached), target));
      }
    }
    reached.putAll(next);
    return new Intake(lane, List.copyOf(some), moved);
  }

  private Intake last(List<Item> some, Map<Partition, Long> reached) {
    var moved =
        moves.stream()
            .map(whole -> new Move(whole.partition(), from(whole, reached), whole.next()))
            .filter(move -> move.expected() != move.next())
            .toList();
    return new Intake(lane, List.copyOf(some), moved);
  }

  private static long from(Move whole, Map<Partition, Long> reached) {
    return reached.getOrDefault(whole.partition(), whole.expected());
  }
}
