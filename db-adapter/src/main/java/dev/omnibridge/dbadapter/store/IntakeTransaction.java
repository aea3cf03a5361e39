// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.IntakePlan;
import dev.omnibridge.dbadapter.log.IntakePlan.Grown;
import dev.omnibridge.dbadapter.log.IntakePlan.Head;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The statements of one intake's transaction, in their order. The events go by COPY: PostgreSQL
 * takes rows that way at half the cost of an insert from arrays. All of it blocks.
 */
final class IntakeTransaction {
  private static final String LOCK_LANES =
      """
      with locked as materialized
        (select lane, next_position from lanes where lane = any(?) order by lane for update)
      select lane, next_position, clock_timestamp() as now from locked
      """;

  private static final String LOCK_POSITIONS =
      """
      select p.consumer, p.cluster_id, p.topic_id, p.partition, p.next_offset
        from consumer_positions p
       where (p.consumer, p.cluster_id, p.topic_id, p.partition) in
             (select * from unnest(?::text[], ?::text[], ?::text[], ?::int[]))
       order by p.consumer, p.cluster_id, p.topic_id, p.partition
         for update
      """;

  private static final String READ_STREAMS =
      "select stream_key, lane, version from streams where stream_key = any(?::uuid[])";

  private static final String READ_EVENTS =
      """
      select e.event_id, e.occurred_at
        from unnest(?::uuid[], ?::timestamptz[]) as asked(event_id, occurred_at)
        join events e on e.event_id = asked.event_id and e.occurred_at = asked.occurred_at
      """;

  private static final String COPY_EVENTS =
      """
      copy events
        (event_id, occurred_at, recorded_at, retention, stream_key, kind, namespace, stream_id,
         version, lane, position, type, topic, correlation_id, causation_id, session_id,
         original_id, body)
      from stdin (format binary)
      """;

  private static final int EVENT_COLUMNS = 18;

  private static final String INSERT_STREAMS =
      """
      insert into streams
        (recorded_at, last_append_id, stream_key, kind, namespace, id, shard, lane, version,
         last_position)
      select ?, ?, * from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::int[], ?::int[],
                                 ?::bigint[], ?::bigint[])
      """;

  private static final String UPDATE_STREAMS =
      """
      update streams s
         set recorded_at = ?, last_append_id = ?, version = new.version,
             last_position = new.last_position
        from unnest(?::uuid[], ?::bigint[], ?::bigint[])
          as new(stream_key, version, last_position)
       where s.stream_key = new.stream_key
      """;

  private static final String INSERT_POSITIONS =
      """
      insert into consumer_positions
        (updated_at, append_id, consumer, cluster_id, topic_id, partition, next_offset)
      select ?, ?, * from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[])
      """;

  private static final String UPDATE_POSITIONS =
      """
      update consumer_positions p
         set updated_at = ?, append_id = ?, next_offset = new.next_offset
        from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[])
          as new(consumer, cluster_id, topic_id, partition, next_offset)
       where p.consumer = new.consumer and p.cluster_id = new.cluster_id
         and p.topic_id = new.topic_id and p.partition = new.partition
      """;

  private static final String ADVANCE_LANES =
      """
      update lanes l set next_position = new.next_position
        from unnest(?::int[], ?::bigint[]) as new(lane, next_position)
       where l.lane = new.lane
      """;

  private final Connection connection;
  private OffsetDateTime now = OffsetDateTime.MIN;

  IntakeTransaction(Connection connection) {
    this.connection = connection;
  }

  /** Locks the lanes, in ascending order; their next positions. */
  Map<Integer, Long> lockLanes(SortedSet<Integer> lanes) throws SQLException {
    var heads = new HashMap<Integer, Long>();
    try (var locking = connection.prepareStatement(LOCK_LANES)) {
      locking.setArray(1, connection.createArrayOf("int4", lanes.toArray()));
      try (ResultSet rows = locking.executeQuery()) {
        while (rows.next()) {
          heads.put(rows.getInt(1), rows.getLong(2));
          OffsetDateTime read = rows.getObject(3, OffsetDateTime.class);
          now = read.isAfter(now) ? read : now;
        }
      }
    }
    return heads;
  }

  /** Locks the positions that are stored already; their next offsets. */
  Map<Partition, Long> lockPositions(List<Move> moves) throws SQLException {
    var stored = new HashMap<Partition, Long>();
    try (var locking = connection.prepareStatement(LOCK_POSITIONS)) {
      partitions(locking, 1, moves);
      try (ResultSet rows = locking.executeQuery()) {
        while (rows.next()) {
          stored.put(
              new Partition(
                  rows.getString(1), rows.getString(2), rows.getString(3), rows.getInt(4)),
              rows.getLong(5));
        }
      }
    }
    return stored;
  }

  private void partitions(PreparedStatement statement, int from, List<Move> moves)
      throws SQLException {
    texts(statement, from, moves.stream().map(move -> move.partition().consumer()).toArray());
    texts(statement, from + 1, moves.stream().map(move -> move.partition().clusterId()).toArray());
    texts(statement, from + 2, moves.stream().map(move -> move.partition().topicId()).toArray());
    array(
        statement,
        from + 3,
        "int4",
        moves.stream().map(move -> (Object) move.partition().partition()).toArray());
  }

  private void texts(PreparedStatement statement, int at, Object[] values) throws SQLException {
    array(statement, at, "text", values);
  }

  private void array(PreparedStatement statement, int at, String type, Object[] values)
      throws SQLException {
    statement.setArray(at, connection.createArrayOf(type, values));
  }

  /** Where these streams stand; those that are not there are left out. */
  Map<UUID, Head> streams(Collection<UUID> keys) throws SQLException {
    var heads = HashMap.<UUID, Head>newHashMap(keys.size());
    if (keys.isEmpty()) {
      return heads;
    }
    try (var reading = connection.prepareStatement(READ_STREAMS)) {
      array(reading, 1, "uuid", keys.toArray());
      try (ResultSet rows = reading.executeQuery()) {
        while (rows.next()) {
          heads.put(rows.getObject(1, UUID.class), new Head(rows.getInt(2), rows.getLong(3)));
        }
      }
    }
    return heads;
  }

  /** Those of these events that the log holds. */
  Set<EventKey> known(List<EventKey> asked) throws SQLException {
    var known = new HashSet<EventKey>();
    try (var reading = connection.prepareStatement(READ_EVENTS)) {
      array(reading, 1, "uuid", asked.stream().map(EventKey::id).toArray());
      array(
          reading,
          2,
          "timestamptz",
          asked.stream().map(key -> key.occurredAt().toString()).toArray());
      try (ResultSet rows = reading.executeQuery()) {
        while (rows.next()) {
          known.add(
              new EventKey(
                  rows.getObject(1, UUID.class),
                  rows.getObject(2, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC)));
        }
      }
    }
    return known;
  }

  /** Writes the plan; the events first, because theirs are the refusals to be expected. */
  void write(IntakePlan plan, List<Move> moves, UUID id, CopyRows rows) throws SQLException {
    if (!plan.rows().isEmpty()) {
      copy(plan.rows(), rows);
      insertStreams(plan.grown().stream().filter(Grown::created).toList(), id);
      updateStreams(plan.grown().stream().filter(grown -> !grown.created()).toList(), id);
    }
    // Whether there was one already was checked while the lane was locked.
    storePositions(
        INSERT_POSITIONS, moves.stream().filter(move -> move.expected() < 0).toList(), id);
    storePositions(
        UPDATE_POSITIONS, moves.stream().filter(move -> move.expected() >= 0).toList(), id);
    advance(plan.movedLanes());
  }

  private void copy(List<IntakePlan.Row> events, CopyRows rows) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY_EVENTS);
    rows.begin(copy);
    for (IntakePlan.Row row : events) {
      write(row, rows);
    }
    long taken = rows.end();
    if (taken != events.size()) {
      throw new IllegalStateException("COPY took %d of %d".formatted(taken, events.size()));
    }
  }

  private void write(IntakePlan.Row row, CopyRows rows) throws SQLException {
    var event = row.event().row();
    var stream = row.event().stream();
    rows.row(EVENT_COLUMNS);
    rows.uuid(event.key().id())
        .time(event.key().occurredAt())
        .time(now)
        .text(event.retention())
        .uuid(row.event().key())
        .text(stream.kind())
        .text(stream.namespace())
        .text(stream.id())
        .bigint(row.version())
        .integer(row.lane())
        .bigint(row.position())
        .text(event.type())
        .text(event.topic())
        .uuid(event.correlationId())
        .uuid(event.causationId())
        .uuid(event.sessionId())
        .text(event.originalId())
        .bytes(event.body());
  }

  private void insertStreams(List<Grown> created, UUID id) throws SQLException {
    if (created.isEmpty()) {
      return;
    }
    try (var insert = connection.prepareStatement(INSERT_STREAMS)) {
      insert.setObject(1, now);
      insert.setObject(2, id);
      array(insert, 3, "uuid", created.stream().map(Grown::key).toArray());
      texts(insert, 4, created.stream().map(grown -> grown.stream().kind()).toArray());
      texts(insert, 5, created.stream().map(grown -> grown.stream().namespace()).toArray());
      texts(insert, 6, created.stream().map(grown -> grown.stream().id()).toArray());
      array(insert, 7, "int4", created.stream().map(Grown::shard).toArray());
      array(insert, 8, "int4", created.stream().map(Grown::lane).toArray());
      array(insert, 9, "int8", created.stream().map(Grown::version).toArray());
      array(insert, 10, "int8", created.stream().map(Grown::position).toArray());
      insert.executeUpdate();
    }
  }

  private void updateStreams(List<Grown> grown, UUID id) throws SQLException {
    if (grown.isEmpty()) {
      return;
    }
    try (var update = connection.prepareStatement(UPDATE_STREAMS)) {
      update.setObject(1, now);
      update.setObject(2, id);
      array(update, 3, "uuid", grown.stream().map(Grown::key).toArray());
      array(update, 4, "int8", grown.stream().map(Grown::version).toArray());
      array(update, 5, "int8", grown.stream().map(Grown::position).toArray());
      if (update.executeUpdate() != grown.size()) {
        throw new StaleHeads();
      }
    }
  }

  private void storePositions(String sql, List<Move> moves, UUID id) throws SQLException {
    if (moves.isEmpty()) {
      return;
    }
    try (var store = connection.prepareStatement(sql)) {
      store.setObject(1, now);
      store.setObject(2, id);
      partitions(store, 3, moves);
      array(store, 7, "int8", moves.stream().map(Move::next).toArray());
      store.executeUpdate();
    }
  }

  private void advance(Map<Integer, Long> lanes) throws SQLException {
    if (lanes.isEmpty()) {
      return;
    }
    try (var advance = connection.prepareStatement(ADVANCE_LANES)) {
      array(advance, 1, "int4", lanes.keySet().toArray());
      array(advance, 2, "int8", lanes.values().toArray());
      advance.executeUpdate();
    }
  }

  /** What was remembered of the streams is not true any more. */
  static final class StaleHeads extends SQLException {
    private static final long serialVersionUID = 1;

    StaleHeads() {
      super("a stream that was remembered is gone", "23505");
    }
  }
}
