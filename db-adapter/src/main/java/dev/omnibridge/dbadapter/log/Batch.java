// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StreamPosition;
import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Expected;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.Found.ClaimKey;
import dev.omnibridge.dbadapter.log.Found.StoredPosition;
import dev.omnibridge.dbadapter.log.Found.StreamHead;
import dev.omnibridge.dbadapter.log.Verdict.Accepted;
import dev.omnibridge.dbadapter.log.Verdict.Misplaced;
import dev.omnibridge.dbadapter.log.Verdict.Refused;
import dev.omnibridge.dbadapter.log.Verdict.Repeated;
import dev.omnibridge.dbadapter.log.Verdict.Unclear;
import dev.omnibridge.runtime.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The plan of one transaction: appends are added in order, each seeing what the ones before it will
 * have written. An append is taken as a whole or leaves no trace in the plan.
 */
public final class Batch {
  static final String VERSION_CONFLICT = "VERSION_CONFLICT";
  static final String WORKFLOW_ID_TAKEN = "WORKFLOW_ID_TAKEN";
  static final String REQUEST_ID_TAKEN = "REQUEST_ID_TAKEN";
  static final String POSITION_MOVED = "POSITION_MOVED";
  static final String ROW_CONFLICT = "ROW_CONFLICT";

  /** An event with its place. */
  public record EventRow(
      StreamId stream, UUID streamKey, NewRow event, long version, int lane, long position) {}

  /** A stream as it will be; without a snapshot it keeps the one it has. */
  public record StreamRow(
      UUID key,
      StreamHead head,
      boolean created,
      @Nullable Snapshot snapshot,
      long snapshotVersion) {}

  /** A consumer position as it will be. */
  public record PositionRow(Partition partition, StoredPosition position, boolean created) {}

  private final Found found;
  private final Map<Integer, Long> heads;
  private final Map<UUID, StreamRow> streams = new TreeMap<>();
  private final List<EventRow> events = new ArrayList<>();
  private final Set<EventKey> added = new HashSet<>();
  private final Map<ClaimKey, SubmitClaim> claims = new TreeMap<>();
  private final Map<Partition, PositionRow> positions = new TreeMap<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final RowChanges rows;

  public Batch(Found found) {
    this.found = found;
    this.heads = new HashMap<>(found.lanes());
    this.rows = new RowChanges(found.bridgeVersions());
  }

  /** Adds an append, or says why not. */
  public Verdict add(Append append) {
    Optional<AppendResponse> repeat = repeat(append);
    if (repeat.isPresent()) {
      return new Repeated(repeat.get());
    }
    Set<Integer> elsewhere =
        append.streams().stream()
            .map(this::lane)
            .filter(lane -> !heads.containsKey(lane))
            .collect(Collectors.toUnmodifiableSet());
    if (!elsewhere.isEmpty()) {
      return new Misplaced(elsewhere);
    }
    @Nullable Fault refusal = refusal(append);
    if (refusal == null) {
      return new Accepted(apply(append));
    }
    boolean mayRepeat = refusal.kind() == Fault.Kind.CONFLICT && !append.streams().isEmpty();
    return mayRepeat ? new Unclear(refusal) : new Refused(refusal);
  }

  private int lane(StreamWrite write) {
    StreamHead head = head(write.key());
    return head == null ? write.lane() : head.lane();
  }

  private @Nullable StreamHead head(UUID key) {
    StreamRow changed = streams.get(key);
    return changed == null ? found.streams().get(key) : changed.head();
  }

  private @Nullable StoredPosition position(Partition partition) {
    PositionRow changed = positions.get(partition);
    return changed == null ? found.positions().get(partition) : changed.position();
  }

  /** Every stream and position keeps the id of the append that wrote it last. */
  private Optional<AppendResponse> repeat(Append append) {
    if (append.streams().isEmpty()) {
      return repeatByPosition(append);
    }
    var answer = AppendResponse.newBuilder();
    for (StreamWrite write : append.streams()) {
      StreamHead head = head(write.key());
      if (head == null || !head.lastAppendId().equals(append.id())) {
        return Repeats.of(append, found.events());
      }
      answer.setRecordedAt(Times.of(head.recordedAt()));
      answer.addStreams(answer(head.version(), head.lane(), head.lastPosition(), head.shard()));
    }
    return Optional.of(answer.build());
  }

  private Optional<AppendResponse> repeatByPosition(Append append) {
    for (Move move : append.moves()) {
      StoredPosition stored = position(move.partition());
      if (stored != null && stored.appendId().equals(append.id())) {
        return Optional.of(
            AppendResponse.newBuilder().setRecordedAt(Times.of(stored.updatedAt())).build());
      }
    }
    return Optional.empty();
  }

  static StreamPosition answer(long version, int lane, long position, int shard) {
    return StreamPosition.newBuilder()
        .setVersion(version)
        .setLane(lane)
        .setPosition(position)
        .setShard(shard)
        .build();
  }

  private @Nullable Fault refusal(Append append) {
    @Nullable Fault fault = claimRefusal(append);
    if (fault == null) {
      fault = versionRefusal(append);
    }
    if (fault == null) {
      fault = positionRefusal(append);
    }
    if (fault == null) {
      fault = rows.refusal(append.rows());
    }
    return fault == null ? eventRefusal(append) : fault;
  }

  private @Nullable Fault claimRefusal(Append append) {
    for (SubmitClaim claim : append.claims()) {
      ClaimKey key = Claims.key(claim);
      SubmitClaim earlier = claims.get(key);
      var holder = earlier == null ? found.holders().get(key) : Claims.holder(earlier);
      if (holder != null) {
        return Claims.taken(key, holder);
      }
    }
    return null;
  }

  private @Nullable Fault versionRefusal(Append append) {
    for (StreamWrite write : append.streams()) {
      StreamHead head = head(write.key());
      long actual = head == null ? 0 : head.version();
      long expected =
          switch (write.expected()) {
            case Expected.At(long version) -> version;
            case Expected.None() -> 0;
            case Expected.Any() -> actual;
          };
      if (expected != actual) {
        return Fault.of(
                Fault.Kind.CONFLICT,
                VERSION_CONFLICT,
                "Expected %s at version %d, but it is at %d."
                    .formatted(write.stream().text(), expected, actual))
            .with("stream", write.stream().text())
            .with("expected_version", expected)
            .with("actual_version", actual);
      }
    }
    return null;
  }

  private @Nullable Fault positionRefusal(Append append) {
    for (Move move : append.moves()) {
      StoredPosition stored = position(move.partition());
      long actual = stored == null ? -1 : stored.next();
      if (actual != move.expected()) {
        return positionMoved(move, actual);
      }
    }
    return null;
  }

  static Fault positionMoved(Move move, long actual) {
    return Fault.of(
            Fault.Kind.CONFLICT,
            POSITION_MOVED,
            "The position of %s in partition %d is %d, not %d."
                .formatted(
                    move.partition().consumer(),
                    move.partition().partition(),
                    actual,
                    move.expected()))
        .with("consumer", move.partition().consumer())
        .with("topic_id", move.partition().topicId())
        .with("partition", move.partition().partition())
        .with("expected_offset", move.expected())
        .with("actual_offset", actual);
  }

  private @Nullable Fault eventRefusal(Append append) {
    for (StreamWrite write : append.streams()) {
      for (NewRow event : write.events()) {
        if (isKnown(event)) {
          return Fault.invalid(
                  "EVENT_EXISTS", "The log holds an event %s already.".formatted(event.key().id()))
              .with("event_id", event.key().id());
        }
      }
    }
    return null;
  }

  private boolean isKnown(NewRow event) {
    return added.contains(event.key()) || found.events().containsKey(event.key());
  }

  private AppendResponse apply(Append append) {
    var answer = AppendResponse.newBuilder().setRecordedAt(Times.of(found.now()));
    for (StreamWrite write : append.streams()) {
      answer.addStreams(apply(append, write));
    }
    for (SubmitClaim claim : append.claims()) {
      claims.put(Claims.key(claim), claim);
    }
    for (Move move : append.moves()) {
      boolean created = found.positions().get(move.partition()) == null;
      var stored = new StoredPosition(move.next(), append.id(), found.now());
      positions.put(move.partition(), new PositionRow(move.partition(), stored, created));
    }
    deadLetters.addAll(append.deadLetters());
    rows.add(append.rows(), this::shard);
    return answer.build();
  }

  private StreamPosition apply(Append append, StreamWrite write) {
    int lane = lane(write);
    StreamHead before = head(write.key());
    long version = before == null ? 0 : before.version();
    long position = heads.getOrDefault(lane, 1L) - 1;
    for (NewRow event : write.events()) {
      events.add(new EventRow(write.stream(), write.key(), event, ++version, lane, ++position));
      added.add(event.key());
    }
    heads.put(lane, position + 1);
    int shard = before == null ? write.shard() : before.shard();
    if (before == null ? version > 0 : version > before.version()) {
      var head =
          new StreamHead(write.stream(), shard, lane, version, position, append.id(), found.now());
      streams.put(write.key(), row(write, head));
    }
    return answer(version, lane, position, shard);
  }

  private StreamRow row(StreamWrite write, StreamHead head) {
    StreamRow earlier = streams.get(write.key());
    boolean created = found.streams().get(write.key()) == null;
    @Nullable Snapshot snapshot = write.snapshot();
    if (snapshot != null) {
      return new StreamRow(write.key(), head, created, snapshot, head.version());
    }
    return earlier == null
        ? new StreamRow(write.key(), head, created, null, 0)
        : new StreamRow(write.key(), head, created, earlier.snapshot(), earlier.snapshotVersion());
  }

  /** The shard of a stream that this batch may or may not have touched. */
  private int shard(StreamId stream) {
    StreamHead head = head(stream.key());
    return head == null ? stream.shard("") : head.shard();
  }

  /** True when the plan writes nothing, so that there is nothing to commit. */
  public boolean isEmpty() {
    return streams.isEmpty()
        && claims.isEmpty()
        && positions.isEmpty()
        && deadLetters.isEmpty()
        && rows.isEmpty();
  }

  public Found found() {
    return found;
  }

  /** The events in the order of their positions. */
  public List<EventRow> events() {
    return events;
  }

  /** The changed streams in the order of their keys. */
  public List<StreamRow> streams(boolean created) {
    return streams.values().stream().filter(row -> row.created() == created).toList();
  }

  /** Next position of the lanes that moved. */
  public Map<Integer, Long> movedLanes() {
    return heads.entrySet().stream()
        .filter(head -> !head.getValue().equals(found.lanes().get(head.getKey())))
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, TreeMap::new));
  }

  /** The claims taken, in the order of their keys. */
  public Map<ClaimKey, SubmitClaim> claims() {
    return claims;
  }

  /** The positions moved, in the order of their partitions. */
  public List<PositionRow> positions(boolean created) {
    return positions.values().stream().filter(row -> row.created() == created).toList();
  }

  public List<DeadLetter> deadLetters() {
    return deadLetters;
  }

  public RowChanges rows() {
    return rows;
  }
}
