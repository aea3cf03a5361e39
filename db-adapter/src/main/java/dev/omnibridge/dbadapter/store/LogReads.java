// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.Claims;
import dev.omnibridge.dbadapter.log.Found;
import dev.omnibridge.dbadapter.log.Found.ClaimKey;
import dev.omnibridge.dbadapter.log.Found.Holder;
import dev.omnibridge.dbadapter.log.Found.KnownEvent;
import dev.omnibridge.dbadapter.log.Found.StoredPosition;
import dev.omnibridge.dbadapter.log.Found.StreamHead;
import dev.omnibridge.dbadapter.log.StreamId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The first half of a group commit: takes the lanes' locks and reads what the batch is decided
 * against. Each statement sees what was committed before the locks were there, because each takes
 * its own snapshot after them (read committed).
 */
final class LogReads {
  private static final String LOCK_LANES =
      """
      with locked as materialized
        (select lane, next_position from lanes where lane = any($1::int[]) order by lane for update)
      select lane, next_position, clock_timestamp() as now from locked
      """;

  private static final String NOW = "select clock_timestamp() as now";

  private static final String READ_STREAMS =
      """
      select stream_key, kind, namespace, id, shard, lane, version, last_position, last_append_id,
             recorded_at
        from streams
       where stream_key = any($1::uuid[])
      """;

  private static final String READ_WORKFLOWS =
      """
      select w.namespace, w.workflow_id as key, w.workflow_id, w.run_id, w.definition_hash,
             w.input_hash, w.labels_hash, false as lapsed
        from unnest($1::text[], $2::text[]) as asked(namespace, key)
        join workflows w on w.namespace = asked.namespace and w.workflow_id = asked.key
      """;

  private static final String READ_REQUEST_IDS =
      """
      select r.namespace, r.request_id as key, r.workflow_id, r.run_id, r.definition_hash,
             r.input_hash, r.labels_hash, r.created_at < now() - interval '7 days' as lapsed
        from unnest($1::text[], $2::text[]) as asked(namespace, key)
        join request_ids r on r.namespace = asked.namespace and r.request_id = asked.key
      """;

  private static final String LOCK_POSITIONS =
      """
      select p.consumer, p.cluster_id, p.topic_id, p.partition, p.next_offset, p.append_id,
             p.updated_at
        from consumer_positions p
       where (p.consumer, p.cluster_id, p.topic_id, p.partition) in
             (select * from unnest($1::text[], $2::text[], $3::text[], $4::int[]))
       order by p.consumer, p.cluster_id, p.topic_id, p.partition
         for update
      """;

  private static final String LOCK_BRIDGE_STATES =
      """
      select namespace, version from bridge_states where namespace = any($1::text[])
       order by namespace for update
      """;

  private static final String READ_EVENTS =
      """
      select e.event_id, e.occurred_at, e.stream_key, e.version, e.lane, e.position,
             e.recorded_at, s.shard
        from unnest($1::uuid[], $2::timestamptz[]) as asked(event_id, occurred_at)
        join events e on e.event_id = asked.event_id and e.occurred_at = asked.occurred_at
        join streams s on s.stream_key = e.stream_key
      """;

  private final Pipeline pipeline;
  private final List<Append> appends;

  LogReads(Pipeline pipeline, List<Append> appends) {
    this.pipeline = pipeline;
    this.appends = appends;
  }

  /** Sends everything at once; thorough looks for the batch's own events, too. */
  Future<Found> read(Set<Integer> lanes, boolean thorough) {
    Future<RowSet<Row>> heads =
        lanes.isEmpty()
            ? pipeline.send(NOW, Tuple.tuple())
            : pipeline.send(LOCK_LANES, Tuple.tuple().addArrayOfInteger(sorted(lanes)));
    var streams = new HashMap<UUID, StreamHead>();
    var holders = new HashMap<ClaimKey, Holder>();
    var lapsed = new HashSet<ClaimKey>();
    var positions = new HashMap<Partition, StoredPosition>();
    var bridgeVersions = new HashMap<String, Long>();
    var events = new HashMap<EventKey, KnownEvent>();
    var reads = new ArrayList<Future<?>>();
    reads.add(heads);
    reads.add(readStreams(streams));
    reads.add(readClaims(true, READ_WORKFLOWS, holders, lapsed));
    reads.add(readClaims(false, READ_REQUEST_IDS, holders, lapsed));
    reads.add(lockPositions(positions));
    reads.add(lockBridgeStates(bridgeVersions));
    reads.add(readEvents(thorough, events));
    return Future.join(reads)
        .map(_ ->
            new Found(
                now(heads.result()),
                lanes.isEmpty() ? Map.of() : heads(heads.result()),
                streams,
                holders,
                lapsed,
                positions,
                bridgeVersions,
                events));
  }

  private static Integer[] sorted(Set<Integer> lanes) {
    return lanes.stream().sorted().toArray(Integer[]::new);
  }

  /** The last row's time, because rows are locked one after the other. */
  private static OffsetDateTime now(RowSet<Row> rows) {
    OffsetDateTime now = OffsetDateTime.MIN;
    for (Row row : rows) {
      OffsetDateTime read = row.getOffsetDateTime("now");
      now = read.isAfter(now) ? read : now;
    }
    return now;
  }

  private static Map<Integer, Long> heads(RowSet<Row> rows) {
    var heads = new HashMap<Integer, Long>();
    rows.forEach(row -> heads.put(row.getInteger("lane"), row.getLong("next_position")));
    return heads;
  }

  private Future<?> readStreams(Map<UUID, StreamHead> into) {
    UUID[] keys =
        appends.stream()
            .flatMap(append -> append.streams().stream())
            .map(StreamWrite::key)
            .distinct()
            .toArray(UUID[]::new);
    if (keys.length == 0) {
      return Future.succeededFuture();
    }
    return pipeline
        .send(READ_STREAMS, Tuple.tuple().addArrayOfUUID(keys))
        .onSuccess(rows -> rows.forEach(row -> into.put(row.getUUID("stream_key"), head(row))));
  }

  private static StreamHead head(Row row) {
    return new StreamHead(
        new StreamId(row.getString(1), row.getString(2), row.getString(3)),
        row.getInteger(4),
        row.getInteger(5),
        row.getLong(6),
        row.getLong(7),
        row.getUUID(8),
        row.getOffsetDateTime(9));
  }

  private Future<?> readClaims(
      boolean byWorkflow, String sql, Map<ClaimKey, Holder> into, Set<ClaimKey> lapsed) {
    List<ClaimKey> keys =
        appends.stream()
            .flatMap(append -> append.claims().stream())
            .map(Claims::key)
            .filter(key -> key.byWorkflow() == byWorkflow)
            .distinct()
            .toList();
    if (keys.isEmpty()) {
      return Future.succeededFuture();
    }
    return pipeline
        .send(sql, Columns.of(keys).text(ClaimKey::namespace).text(ClaimKey::id).tuple())
        .onSuccess(rows -> {
          for (Row row : rows) {
            var key = new ClaimKey(byWorkflow, row.getString("namespace"), row.getString("key"));
            if (row.getBoolean("lapsed")) {
              lapsed.add(key);
            } else {
              into.put(key, holder(row));
            }
          }
        });
  }

  private static Holder holder(Row row) {
    return new Holder(
        row.getString("workflow_id"),
        row.getUUID("run_id"),
        row.getString("definition_hash"),
        row.getString("input_hash"),
        row.getString("labels_hash"));
  }

  private Future<?> lockPositions(Map<Partition, StoredPosition> into) {
    List<Partition> asked =
        appends.stream()
            .flatMap(append -> append.moves().stream())
            .map(Move::partition)
            .distinct()
            .toList();
    if (asked.isEmpty()) {
      return Future.succeededFuture();
    }
    return pipeline
        .send(
            LOCK_POSITIONS,
            Columns.of(asked)
                .text(Partition::consumer)
                .text(Partition::clusterId)
                .text(Partition::topicId)
                .integer(Partition::partition)
                .tuple())
        .onSuccess(rows ->
            rows.forEach(row ->
                into.put(
                    new Partition(
                        row.getString("consumer"),
                        row.getString("cluster_id"),
                        row.getString("topic_id"),
                        row.getInteger("partition")),
                    new StoredPosition(
                        row.getLong("next_offset"),
                        row.getUUID("append_id"),
                        row.getOffsetDateTime("updated_at")))));
  }

  private Future<?> lockBridgeStates(Map<String, Long> into) {
    String[] namespaces =
        appends.stream()
            .flatMap(append -> append.rows().stream())
            .filter(row -> row.hasBridgeState())
            .map(row -> row.getBridgeState().getNamespace())
            .distinct()
            .toArray(String[]::new);
    if (namespaces.length == 0) {
      return Future.succeededFuture();
    }
    return pipeline
        .send(LOCK_BRIDGE_STATES, Tuple.tuple().addArrayOfString(namespaces))
        .onSuccess(rows ->
            rows.forEach(row -> into.put(row.getString("namespace"), row.getLong("version"))));
  }

  private Future<?> readEvents(boolean thorough, Map<EventKey, KnownEvent> into) {
    if (!thorough) {
      return Future.succeededFuture();
    }
    List<EventKey> asked =
        appends.stream()
            .flatMap(append -> append.streams().stream())
            .flatMap(write -> write.events().stream())
            .map(NewRow::key)
            .toList();
    return asked.isEmpty()
        ? Future.succeededFuture()
        : pipeline
            .send(READ_EVENTS, keys(asked))
            .onSuccess(rows -> rows.forEach(row -> into.put(key(row), known(row))));
  }

  /** Looks for events on any connection, outside every lock. */
  static Future<Map<EventKey, KnownEvent>> events(SqlClient client, Append append) {
    List<EventKey> asked =
        append.streams().stream()
            .flatMap(write -> write.events().stream())
            .map(NewRow::key)
            .toList();
    return client
        .preparedQuery(READ_EVENTS)
        .execute(keys(asked))
        .map(rows -> {
          var known = new HashMap<EventKey, KnownEvent>();
          rows.forEach(row -> known.put(key(row), known(row)));
          return known;
        });
  }

  private static Tuple keys(Collection<EventKey> asked) {
    return Columns.of(asked).uuid(EventKey::id).time(EventKey::occurredAt).tuple();
  }

  private static EventKey key(Row row) {
    return new EventKey(
        row.getUUID("event_id"),
        row.getOffsetDateTime("occurred_at").withOffsetSameInstant(java.time.ZoneOffset.UTC));
  }

  private static KnownEvent known(Row row) {
    return new KnownEvent(
        row.getUUID("stream_key"),
        row.getLong("version"),
        row.getInteger("lane"),
        row.getLong("position"),
        row.getInteger("shard"),
        row.getOffsetDateTime("recorded_at"));
  }
}
