// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.SubmitClaim;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An append request that has passed every check that needs no database: known types, sizes, ids,
 * text that PostgreSQL can hold.
 *
 * @param bytes about how much memory it takes
 */
public record Append(
    UUID id,
    List<StreamWrite> streams,
    List<StateRow> rows,
    List<SubmitClaim> claims,
    List<Move> moves,
    List<DeadLetter> deadLetters,
    int bytes) {

  /** The same with other streams. */
  public Append withStreams(List<StreamWrite> others) {
    return new Append(id, others, rows, claims, moves, deadLetters, bytes);
  }

  /** What the caller believes a stream to be. */
  public sealed interface Expected {
    /** At this version. */
    record At(long version) implements Expected {}

    /** Not there. */
    record None() implements Expected {}

    /** Anything. */
    record Any() implements Expected {}
  }

  /** The new events of one stream; shard and lane count when the stream is new. */
  public record StreamWrite(
      StreamId stream,
      UUID key,
      int shard,
      int lane,
      Expected expected,
      List<NewRow> events,
      @Nullable Snapshot snapshot) {

    /** The same in another lane. */
    public StreamWrite in(int otherLane) {
      return new StreamWrite(stream, key, shard, otherLane, expected, events, snapshot);
    }
  }

  /** A new event. */
  public record NewRow(
      EventKey key,
      String type,
      String topic,
      String retention,
      @Nullable UUID correlationId,
      @Nullable UUID causationId,
      @Nullable UUID sessionId,
      @Nullable String originalId,
      ByteString body) {}

  /** What makes an event unique: its id and its time, in microseconds as PostgreSQL keeps it. */
  public record EventKey(UUID id, OffsetDateTime occurredAt) {}

  /** One partition as one consumer sees it. */
  public record Partition(String consumer, String clusterId, String topicId, int partition)
      implements Comparable<Partition> {
    private static final java.util.Comparator<Partition> ORDER =
        java.util.Comparator.comparing(Partition::consumer)
            .thenComparing(Partition::clusterId)
            .thenComparing(Partition::topicId)
            .thenComparingInt(Partition::partition);

    @Override
    public int compareTo(Partition other) {
      return ORDER.compare(this, other);
    }
  }

  /** A position to move; expected -1 means that there is none yet. */
  public record Move(Partition partition, long expected, long next) {}
}
