// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.dbadapter.log.Batch;
import dev.omnibridge.dbadapter.log.Batch.EventRow;
import dev.omnibridge.dbadapter.log.Batch.PositionRow;
import dev.omnibridge.dbadapter.log.Batch.StreamRow;
import dev.omnibridge.dbadapter.log.Found.ClaimKey;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The second half of a group commit: one statement per table for the whole batch. New rows are
 * plain inserts: where another transaction was first, the key says so and the batch is decided
 * anew.
 */
final class LogWrites {
  /**
   * Measured with events of 500 bytes, 500 at a time: the index on (stream_key, version), which
   * reads of a stream need, costs 18 % of this insert and 54 of 153 bytes of index per event.
   */
  private static final String INSERT_EVENTS =
      """
      insert into events
        (event_id, occurred_at, recorded_at, retention, stream_key, kind, namespace, stream_id,
         version,
         lane, position, type, topic, correlation_id, causation_id, session_id, original_id, body)
      select event_id, occurred_at, $1, retention, stream_key, kind, namespace, stream_id, version,
             lane, position, type, topic, correlation_id, causation_id, session_id, original_id,
             body
        from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                    $8::text[], $9::bigint[], $10::int[], $11::bigint[], $12::text[], $13::text[],
                    $14::uuid[], $15::uuid[], $16::uuid[], $17::text[], $18::bytea[])
          as new(event_id, occurred_at, retention, stream_key, kind, namespace, stream_id, version,
                 lane, position, type, topic, correlation_id, causation_id, session_id,
                 original_id, body)
      """;

  private static final String INSERT_STREAMS =
      """
      insert into streams
        (recorded_at, stream_key, kind, namespace, id, shard, lane, version, last_position,
         last_append_id,
         snapshot_version, snapshot_schema, snapshot)
      select $1, *
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[],
                    $8::bigint[],
                    $9::bigint[], $10::uuid[], $11::bigint[], $12::int[], $13::bytea[])
      """;

  private static final String UPDATE_STREAMS =
      """
      update streams s
         set recorded_at = $1, version = new.version, last_position = new.last_position,
             last_append_id = new.last_append_id,
             snapshot_version = coalesce(new.snapshot_version, s.snapshot_version),
             snapshot_schema = coalesce(new.snapshot_schema, s.snapshot_schema),
             snapshot = coalesce(new.snapshot, s.snapshot)
        from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bigint[], $7::int[],
                    $8::bytea[])
          as new(stream_key, version, last_position, last_append_id, snapshot_version,
                 snapshot_schema,
                 snapshot)
       where s.stream_key = new.stream_key
      """;

  private static final String ADVANCE_LANES =
      """
      update lanes l set next_position = new.next_position
        from unnest($1::int[], $2::bigint[]) as new(lane, next_position)
       where l.lane = new.lane
      """;

  private static final String INSERT_WORKFLOWS =
      """
      insert into workflows
        (created_at, namespace, workflow_id, run_id, definition_hash, input_hash, labels_hash)
      select $1, * from unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                              $7::text[])
      """;

  private static final String DELETE_LAPSED_REQUEST_IDS =
      """
      delete from request_ids r using unnest($1::text[], $2::text[]) as old(namespace, request_id)
       where r.namespace = old.namespace and r.request_id = old.request_id
         and r.created_at < now() - interval '7 days'
      """;

  private static final String INSERT_REQUEST_IDS =
      """
      insert into request_ids
        (created_at, namespace, request_id, workflow_id, run_id, definition_hash, input_hash,
         labels_hash)
      select $1, *
        from unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                    $8::text[])
      """;

  private static final String INSERT_POSITIONS =
      """
      insert into consumer_positions
        (updated_at, consumer, cluster_id, topic_id, partition, next_offset, append_id)
      select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[],
                              $7::uuid[])
      """;

  private static final String UPDATE_POSITIONS =
      """
      update consumer_positions p
         set updated_at = $1, next_offset = new.next_offset, append_id = new.append_id
        from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::uuid[])
          as new(consumer, cluster_id, topic_id, partition, next_offset, append_id)
       where p.consumer = new.consumer and p.cluster_id = new.cluster_id
         and p.topic_id = new.topic_id and p.partition = new.partition
      """;

  private final Pipeline pipeline;
  private final Batch batch;
  private final OffsetDateTime now;

  LogWrites(Pipeline pipeline, Batch batch) {
    this.pipeline = pipeline;
    this.batch = batch;
    this.now = batch.found().now();
  }

  /** Sends every statement of the batch; the tables in one order for all batches. */
  void send() {
    claims();
    events();
    streams();
    positions();
    deadLetters();
    new RowWrites(pipeline, batch.rows(), now).send();
    lanes();
  }

  private void claims() {
    List<Map.Entry<ClaimKey, SubmitClaim>> byWorkflow = claims(true);
    if (!byWorkflow.isEmpty()) {
      send(
          INSERT_WORKFLOWS,
          Columns.of(byWorkflow)
              .same(now)
              .text(claim -> claim.getKey().namespace())
              .text(claim -> claim.getKey().id())
              .uuid(claim -> UUID.fromString(claim.getValue().getRunId()))
              .text(claim -> claim.getValue().getDefinitionHash())
              .text(claim -> claim.getValue().getInputHash())
              .text(claim -> claim.getValue().getLabelsHash()));
    }
    List<Map.Entry<ClaimKey, SubmitClaim>> byRequest = claims(false);
    if (!byRequest.isEmpty()) {
      deleteLapsed();
      send(
          INSERT_REQUEST_IDS,
          Columns.of(byRequest)
              .same(now)
              .text(claim -> claim.getKey().namespace())
              .text(claim -> claim.getKey().id())
              .text(claim -> claim.getValue().getWorkflowId())
              .uuid(claim -> UUID.fromString(claim.getValue().getRunId()))
              .text(claim -> claim.getValue().getDefinitionHash())
              .text(claim -> claim.getValue().getInputHash())
              .text(claim -> claim.getValue().getLabelsHash()));
    }
  }

  private List<Map.Entry<ClaimKey, SubmitClaim>> claims(boolean byWorkflow) {
    return batch.claims().entrySet().stream()
        .filter(claim -> claim.getKey().byWorkflow() == byWorkflow)
        .toList();
  }

  private void deleteLapsed() {
    Collection<ClaimKey> lapsed =
        batch.found().lapsed().stream().filter(batch.claims()::containsKey).sorted().toList();
    if (!lapsed.isEmpty()) {
      send(
          DELETE_LAPSED_REQUEST_IDS,
          Columns.of(lapsed).text(ClaimKey::namespace).text(ClaimKey::id));
    }
  }

  private void events() {
    if (batch.events().isEmpty()) {
      return;
    }
    send(
        INSERT_EVENTS,
        Columns.of(batch.events())
            .same(now)
            .uuid(row -> row.event().key().id())
            .time(row -> row.event().key().occurredAt())
            .text(row -> row.event().retention())
            .uuid(EventRow::streamKey)
            .text(row -> row.stream().kind())
            .text(row -> row.stream().namespace())
            .text(row -> row.stream().id())
            .bigint(EventRow::version)
            .integer(EventRow::lane)
            .bigint(EventRow::position)
            .text(row -> row.event().type())
            .text(row -> row.event().topic())
            .uuid(row -> row.event().correlationId())
            .uuid(row -> row.event().causationId())
            .uuid(row -> row.event().sessionId())
            .text(row -> row.event().originalId())
            .bytes(row -> row.event().body()));
  }

  private void streams() {
    List<StreamRow> created = batch.streams(true);
    if (!created.isEmpty()) {
      send(
          INSERT_STREAMS,
          snapshots(
              Columns.of(created)
                  .same(now)
                  .uuid(StreamRow::key)
                  .text(row -> row.head().stream().kind())
                  .text(row -> row.head().stream().namespace())
                  .text(row -> row.head().stream().id())
                  .integer(row -> row.head().shard())
                  .integer(row -> row.head().lane())
                  .bigint(row -> row.head().version())
                  .bigint(row -> row.head().lastPosition())
                  .uuid(row -> row.head().lastAppendId())));
    }
    List<StreamRow> changed = batch.streams(false);
    if (!changed.isEmpty()) {
      send(
          UPDATE_STREAMS,
          snapshots(
              Columns.of(changed)
                  .same(now)
                  .uuid(StreamRow::key)
                  .bigint(row -> row.head().version())
                  .bigint(row -> row.head().lastPosition())
                  .uuid(row -> row.head().lastAppendId())));
    }
  }

  private static Columns<StreamRow> snapshots(Columns<StreamRow> columns) {
    return columns
        .bigint(row -> row.snapshot() == null ? null : row.snapshotVersion())
        .integer(row -> row.snapshot() == null ? null : row.snapshot().getSchema())
        .bytes(row -> row.snapshot() == null ? null : row.snapshot().getState());
  }

  private void positions() {
    sendPositions(INSERT_POSITIONS, batch.positions(true));
    sendPositions(UPDATE_POSITIONS, batch.positions(false));
  }

  private void sendPositions(String sql, List<PositionRow> rows) {
    if (!rows.isEmpty()) {
      send(
          sql,
          Columns.of(rows)
              .same(now)
              .text(row -> row.partition().consumer())
              .text(row -> row.partition().clusterId())
              .text(row -> row.partition().topicId())
              .integer(row -> row.partition().partition())
              .bigint(row -> row.position().next())
              .uuid(row -> row.position().appendId()));
    }
  }

  private void deadLetters() {
    if (!batch.deadLetters().isEmpty()) {
      var unused =
          pipeline.send(
              DeadLetterWrites.INSERT, DeadLetterWrites.arguments(batch.deadLetters(), now));
    }
  }

  private void lanes() {
    Map<Integer, Long> moved = batch.movedLanes();
    if (!moved.isEmpty()) {
      send(
          ADVANCE_LANES,
          Columns.of(moved.entrySet()).integer(Map.Entry::getKey).bigint(Map.Entry::getValue));
    }
  }

  private void send(String sql, Columns<?> columns) {
    Tuple arguments = columns.tuple();
    var unused = pipeline.send(sql, arguments);
  }
}
