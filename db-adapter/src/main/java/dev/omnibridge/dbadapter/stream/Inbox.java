// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Append.Expected;
import dev.omnibridge.dbadapter.log.Append.Known;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.InboxPositions;
import dev.omnibridge.dbadapter.log.Incoming;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Reading;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.BatchHandler;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes into the log what others publish on the catalogue's topics: the events, the positions and
 * the records that are beyond help, together. What is known already is left out, so a record that
 * comes again changes nothing.
 */
public final class Inbox implements BatchHandler {
  /** The name under which the positions are stored. */
  public static final String CONSUMER = "db-adapter";

  /** How long positions of our own records may stay unstored. */
  private static final long STORE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ForeignEvents events;
  private final Lanes lanes;
  private final Supplier<UUID> ids;
  private final Function<Append, Future<?>> log;
  private final InboxPositions positions = new InboxPositions();
  private long storedAt = System.nanoTime();

  public Inbox(
      ForeignEvents events, Lanes lanes, Supplier<UUID> ids, Function<Append, Future<?>> log) {
    this.events = events;
    this.lanes = lanes;
    this.ids = ids;
    this.log = log;
  }

  @Override
  public Future<?> handle(Batch batch) {
    var streams = new LinkedHashMap<StreamId, List<NewRow>>();
    var dead = new ArrayList<DeadLetter>();
    int bytes = 0;
    for (Slice slice : batch.slices()) {
      for (ConsumerRecord<byte[], byte[]> incoming : slice.records()) {
        bytes += Math.max(0, incoming.serializedValueSize());
        switch (events.read(incoming(incoming))) {
          case Reading.Own _ -> {}
          case Reading.Foreign(var stream, var event) ->
              streams.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
          case Reading.Poison(var why) -> dead.add(letter(slice, incoming, why));
        }
      }
      positions.passed(partition(slice), slice.expectedOffset(), slice.nextOffset());
    }
    boolean nothingToKeep = streams.isEmpty() && dead.isEmpty();
    return nothingToKeep && System.nanoTime() - storedAt < STORE_NANOS
        ? Future.succeededFuture()
        : store(streams, dead, bytes);
  }

  private Future<?> store(Map<StreamId, List<NewRow>> streams, List<DeadLetter> dead, int bytes) {
    var append =
        new Append(
            ids.get(),
            streams.entrySet().stream()
                .map(stream -> write(stream.getKey(), stream.getValue()))
                .toList(),
            List.of(),
            List.of(),
            positions.moves(),
            dead,
            Known.SKIP,
            bytes);
    // Whether it is stored or not: afterwards the positions are those that the pump has.
    positions.clear();
    storedAt = System.nanoTime();
    return log.apply(append);
  }

  private StreamWrite write(StreamId stream, List<NewRow> rows) {
    int shard = stream.shard("");
    return new StreamWrite(
        stream, stream.key(), shard, lanes.inbox(shard), new Expected.Any(), rows, null);
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
        Instant.ofEpochMilli(Math.max(0, found.timestamp())),
        found.key(),
        found.value(),
        headers);
  }

  private static DeadLetter letter(
      Slice slice, ConsumerRecord<byte[], byte[]> incoming, Fault why) {
    var letter =
        DeadLetter.newBuilder()
            .setPartition(slice.partition())
            .setTopic(slice.topic())
            .setOffset(incoming.offset())
            .setRecordTime(Timestamps.fromMillis(Math.max(0, incoming.timestamp())))
            .setErrorClass("POISON")
            .setErrorReason(why.reason())
            .setErrorMessage(why.sentence());
    byte @Nullable [] key = incoming.key();
    if (key != null) {
      letter.setKey(ByteString.copyFrom(key));
    }
    byte @Nullable [] value = incoming.value();
    if (value != null) {
      letter.setValue(ByteString.copyFrom(value));
    }
    incoming
        .headers()
        .forEach(header -> {
          var kept = RecordHeader.newBuilder().setKey(header.key());
          if (header.value() != null) {
            kept.setValue(ByteString.copyFrom(header.value()));
          }
          letter.addHeaders(kept);
        });
    return letter.build();
  }
}
