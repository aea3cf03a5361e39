// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static java.util.Objects.requireNonNull;

import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.InboxPositions;
import dev.omnibridge.dbadapter.log.Incoming;
import dev.omnibridge.dbadapter.log.Intake;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Reading;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.BatchHandler;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Takes into the log what others publish on the catalogue's topics: the events, the positions and
 * the records that are beyond help, together. What is known already is left out, so a record that
 * comes again changes nothing. The partitions are shared out among the inbox lanes, which are
 * stored side by side.
 */
public final class Inbox implements BatchHandler {
  /** The name under which the positions are stored. */
  public static final String CONSUMER = "db-adapter";

  /** How long positions of our own records may stay unstored. */
  private static final long STORE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ForeignEvents events;
  private final Lanes lanes;
  private final Map<Integer, Lane> open = new TreeMap<>();

  /** Ways gives each inbox lane its way into the log, on which intakes keep their order. */
  public Inbox(ForeignEvents events, Lanes lanes, IntFunction<Function<Intake, Future<?>>> ways) {
    this.events = events;
    this.lanes = lanes;
    lanes.inboxes().forEach(lane -> open.put(lane, new Lane(lane, ways.apply(lane))));
  }

  @Override
  public Future<?> handle(Batch batch) {
    for (Slice slice : batch.slices()) {
      int lane = lanes.inbox(slice.topic(), slice.partition().getPartition());
      requireNonNull(open.get(lane)).read(slice);
    }
    return stored();
  }

  private Future<?> stored() {
    return Future.join(open.values().stream().map(Lane::store).toList());
  }

  /** Stores the positions that were put off. */
  @Override
  public Future<?> idle() {
    return stored();
  }

  @Override
  public void startOver() {
    open.values().forEach(Lane::clear);
  }

  /** What is to be stored in one lane. */
  private final class Lane {
    private final int lane;
    private final Function<Intake, Future<?>> way;
    private final InboxPositions positions = new InboxPositions();
    private List<Intake.Item> items = new ArrayList<>();
    private long storedAt = System.nanoTime();

    Lane(int lane, Function<Intake, Future<?>> way) {
      this.lane = lane;
      this.way = way;
    }

    void read(Slice slice) {
      Partition partition = partition(slice);
      positions.passed(partition, slice.expectedOffset(), slice.nextOffset());
      for (ConsumerRecord<byte[], byte[]> found : slice.records()) {
        switch (events.read(incoming(found))) {
          case Reading.Own _ -> {}
          case Reading.Foreign foreign -> items.add(event(slice, partition, found, foreign));
          case Reading.Poison(var why) ->
              items.add(
                  new Intake.Letter(partition, found.offset(), InboxLetters.of(slice, found, why)));
        }
      }
    }

    Future<?> store() {
      List<Move> moves = positions.moves();
      boolean nothingToKeep = items.isEmpty() && System.nanoTime() - storedAt < STORE_NANOS;
      if (nothingToKeep || moves.isEmpty()) {
        return Future.succeededFuture();
      }
      var intake = new Intake(lane, items, moves);
      // Whether it is stored or not: afterwards the positions are those that the pump has.
      clear();
      storedAt = System.nanoTime();
      return way.apply(intake);
    }

    void clear() {
      items = new ArrayList<>();
      positions.clear();
    }
  }

  private static Intake.Event event(
      Slice slice,
      Partition partition,
      ConsumerRecord<byte[], byte[]> found,
      Reading.Foreign foreign) {
    var stream = foreign.stream();
    return new Intake.Event(
        partition,
        found.offset(),
        stream,
        stream.key(),
        stream.shard(""),
        foreign.event(),
        (Fault why) -> InboxLetters.of(slice, found, why));
  }

  private static Partition partition(Slice slice) {
    var of = slice.partition();
    return new Partition(of.getConsumer(), of.getClusterId(), of.getTopicId(), of.getPartition());
  }

  private static Incoming incoming(ConsumerRecord<byte[], byte[]> found) {
    var headers = new ArrayList<Outgoing.Header>();
    found
        .headers()
        .forEach(header -> headers.add(new Outgoing.Header(header.key(), header.value())));
    return new Incoming(
        found.topic(),
        Instant.ofEpochMilli(InboxLetters.millis(found)),
        found.key(),
        found.value(),
        headers);
  }
}
