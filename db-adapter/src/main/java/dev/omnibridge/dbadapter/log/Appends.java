// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.PositionMove;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Expected;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.EventType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads append requests: everything that can be checked without the database is checked here. */
public final class Appends {
  /**
   * What each part of a request takes here besides its bytes: an event of 90 bytes is three ids, a
   * time and a row, each an object of its own.
   */
  private static final int AROUND = 512;

  private final Catalogue catalogue;
  private final Map<String, String> topics;
  private final Lanes lanes;

  public Appends(Catalogue catalogue, String environment, Lanes lanes) {
    this.catalogue = catalogue;
    this.topics =
        catalogue.events().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    EventType::type,
                    event -> Catalogue.fullName(environment, catalogue.topicOf(event).name())));
    this.lanes = lanes;
  }

  /** The request, checked; INVALID with a reason otherwise. */
  public Append read(AppendRequest request) {
    var append =
        new Append(
            UUID.fromString(request.getAppendId()),
            request.getAppendsList().stream().map(this::stream).toList(),
            request.getRowsList(),
            request.getClaimsList(),
            request.getPositionsList().stream().map(Appends::move).toList(),
            request.getDeadLettersList(),
            bytes(request));
    checkEachOnce(append);
    request.getRowsList().forEach(Rows::check);
    StampEvents.check(append);
    request.getClaimsList().forEach(Rows::check);
    request.getDeadLettersList().forEach(Rows::check);
    return append;
  }

  private static int bytes(AppendRequest request) {
    int events = request.getAppendsList().stream().mapToInt(StreamAppend::getEventsCount).sum();
    int parts =
        events
            + request.getAppendsCount()
            + request.getRowsCount()
            + request.getClaimsCount()
            + request.getPositionsCount()
            + request.getDeadLettersCount();
    return request.getSerializedSize() + AROUND * parts;
  }

  private StreamWrite stream(StreamAppend append) {
    var id = StreamId.of(append.getStream());
    var kind = catalogue.stream(id.kind());
    Texts.check("id of a stream", id.id());
    int shard = id.shard(append.getPlacementKey());
    return new StreamWrite(
        id,
        id.key(),
        shard,
        lanes.outbox(shard),
        switch (append.getExpectedCase()) {
          case EXPECTED_VERSION -> new Expected.At(append.getExpectedVersion());
          case EXPECT_NONE -> new Expected.None();
          case EXPECT_ANY -> new Expected.Any();
          case EXPECTED_NOT_SET ->
              throw Fault.invalid("INVALID_REQUEST", "No version is expected.");
        },
        append.getEventsList().stream()
            .map(event -> event(event, id.kind(), kind.retention()))
            .toList(),
        append.hasSnapshot() ? append.getSnapshot() : null);
  }

  private NewRow event(NewEvent event, String kind, String retention) {
    EventType type = catalogue.event(event.getType());
    if (!type.stream().equals(kind)) {
      throw Fault.invalid(
              "EVENT_NOT_OF_STREAM", "%s is no event of a %s.".formatted(event.getType(), kind))
          .with("type", event.getType())
          .with("kind", kind);
    }
    return new NewRow(
        new EventKey(UUID.fromString(event.getEventId()), Times.of(event.getOccurredAt())),
        type.type(),
        Objects.requireNonNull(topics.get(type.type())),
        retention,
        id(event.getCorrelationId()),
        id(event.getCausationId()),
        id(event.getSessionId()),
        null,
        body(event.getBody()));
  }

  /** The whole is parsed by those who read it; here it has to be text that starts an object. */
  private static ByteString body(ByteString body) {
    if (body.byteAt(0) != '{' || !body.isValidUtf8()) {
      throw Fault.invalid("BODY_MALFORMED", "The body of an event must be a UTF-8 JSON object.");
    }
    return body;
  }

  private static Move move(PositionMove move) {
    var of = move.getPartition();
    Texts.check("consumer", of.getConsumer());
    Texts.check("cluster id", of.getClusterId());
    Texts.check("topic id", of.getTopicId());
    return new Move(
        new Partition(of.getConsumer(), of.getClusterId(), of.getTopicId(), of.getPartition()),
        move.getExpectedOffset(),
        move.getNextOffset());
  }

  private static void checkEachOnce(Append append) {
    boolean nothing =
        append.streams().isEmpty()
            && append.rows().isEmpty()
            && append.moves().isEmpty()
            && append.deadLetters().isEmpty();
    if (nothing) {
      throw Fault.invalid("EMPTY_APPEND", "The request appends nothing.");
    }
    checkOnce("stream", append.streams().stream().map(StreamWrite::stream).toList());
    checkOnce("position", append.moves().stream().map(Move::partition).toList());
    checkOnce(
        "event",
        append.streams().stream()
            .flatMap(write -> write.events().stream())
            .map(NewRow::key)
            .toList());
  }

  private static void checkOnce(String what, List<?> names) {
    var seen = new HashSet<Object>();
    for (Object name : names) {
      if (!seen.add(name)) {
        throw Fault.invalid(
                "NAMED_TWICE", "The request names the %s %s twice.".formatted(what, name))
            .with(what, name);
      }
    }
  }

  private static @Nullable UUID id(String text) {
    return text.isEmpty() ? null : UUID.fromString(text);
  }
}
