// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.toMap;

import dev.omnibridge.e2e.chaos.Kept.Totals;
import dev.omnibridge.e2e.chaos.Logged.Facts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Reads what the database holds, in one transaction of one moment. */
final class EvidenceReader {
  private static final String EVENTS =
      """
      select e.event_id, e.kind || '/' || e.namespace || '/' || e.stream_id, e.version, e.lane, e.position, e.type,
             e.original_id, md5(e.body), p ->> 'status', (p ->> 'ordinal')::bigint, p ->> 'to_state',
             (p ->> 'file_size_bytes')::bigint, p ->> 'op_id', (p ->> 'number')::bigint,
             p ->> 'content_hash', p #>> '{event,type}', p #>> '{event,id}'
        from events e, lateral (select event_json(e.body) -> 'payload' as p) as opened
      """;
  private static final String STREAMS =
      "select kind || '/' || namespace || '/' || id, lane, version from streams";
  private static final String RUNS =
      """
      select namespace, run_id, coalesce(metadata ->> 'order', ''), current_state, finished, version,
             workflow_steps_executed
        from workflow_executions
      """;
  private static final String STAMPS =
      """
      select namespace, stamp_id, file_hash, content_hash, version, coalesce(leaf_index, -1), file_size
        from metadata_stamps
      """;
  private static final String BRIDGES =
      """
      select namespace, b #>> '{workflows,started}', b #>> '{workflows,completed}', b #>> '{workflows,failed}',
             b #>> '{workflows,cancelled}', b #>> '{steps,completed}', b #>> '{steps,degraded}',
             b #>> '{stamps,count}', total_size_bytes, b #>> '{events,folded}', b #>> '{events,anomalies}'
        from bridge_states, lateral (select aggregation_metadata::jsonb as b) as opened
      """;

  /** Of runs, whose ids are UUIDs of version 7; the reducer's other views have derived ones. */
  private static final String VIEWS =
      """
      select 'workflow/' || namespace || '/' || run_id, version, state from workflow_projection
       where substr(run_id::text, 15, 1) = '7'
      """;

  private static final String LETTERS =
      """
      select consumer || ' gave up ' || topic || '-' || partition || '@' || record_offset || ': '
             || error_reason || ', ' || error_message
        from dead_letters order by id
      """;

  private final Rows rows;

  EvidenceReader(Rows rows) {
    this.rows = rows;
  }

  Logged logged() throws SQLException {
    return new Logged(
        rows.of("select log_id from log_identity", row -> row.getString(1)).getFirst(),
        rows.of(EVENTS, EvidenceReader::event),
        rows.of(STREAMS, r -> new Logged.Stream(r.getString(1), r.getInt(2), r.getLong(3))),
        byLane("select lane, next_position from lanes"),
        byLane("select lane, relayed_position from outbox_lanes where lane >= 0"));
  }

  private static Logged.Event event(ResultSet row) throws SQLException {
    return new Logged.Event(
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getInt(4),
        row.getLong(5),
        row.getString(6),
        text(row, 7),
        row.getString(8),
        new Facts(
            text(row, 9),
            row.getLong(10),
            text(row, 11),
            row.getLong(12),
            text(row, 13),
            row.getLong(14),
            text(row, 15),
            text(row, 16),
            text(row, 17)));
  }

  private static String text(ResultSet row, int column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  private Map<Integer, Long> byLane(String query) throws SQLException {
    return rows.of(query, row -> Map.entry(row.getInt(1), row.getLong(2))).stream()
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  Kept kept() throws SQLException {
    return new Kept(
        rows.of(RUNS, EvidenceReader::run),
        rows
            .of(
                "select namespace || '/' || request_id, run_id::text from request_ids",
                row -> Map.entry(row.getString(1), row.getString(2)))
            .stream()
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)),
        rows.of(STAMPS, EvidenceReader::stamp),
        rows.of(
            "select namespace, leaf_index from stamp_leaves",
            row -> new Kept.Leaf(row.getString(1), row.getLong(2))),
        rows.of(BRIDGES, row -> Map.entry(row.getString(1), totals(row))).stream()
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)),
        rows.of(VIEWS, r -> new Kept.View(r.getString(1), r.getLong(2), r.getString(3))),
        rows.of(LETTERS, row -> row.getString(1)));
  }

  private static Kept.Run run(ResultSet row) throws SQLException {
    return new Kept.Run(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getBoolean(5),
        row.getLong(6),
        row.getInt(7));
  }

  private static Kept.Stamp stamp(ResultSet row) throws SQLException {
    return new Kept.Stamp(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7));
  }

  private static Totals totals(ResultSet row) throws SQLException {
    return new Totals(
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        row.getLong(11));
  }

  /** Runs that are not finished, and events that are not in Kafka. */
  List<String> unfinished() throws SQLException {
    return rows.of(
        """
        select 'run ' || run_id || ' is ' || current_state || ' at version ' || version || ', due ' || coalesce(due_at::text, 'never')
          from workflow_executions where not finished
        union all
        select 'lane ' || lane || ' is relayed up to ' || relayed_position || ' of ' || next_position - 1
          from lanes join outbox_lanes using (lane) where relayed_position <> next_position - 1
        """,
        row -> row.getString(1));
  }
}
