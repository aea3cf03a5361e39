// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.dbadapter.log.RebuiltRun;
import dev.omnibridge.dbadapter.log.RowChanges;
import dev.omnibridge.dbadapter.log.RowChanges.PlacedWorkflow;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.runtime.event.Envelope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The rows of the runs whose events were appended again, within the same transaction: some hundred
 * runs at a time, whole.
 */
final class RunRebuilding {
  private static final int RUNS_AT_ONCE = 200;

  private static final String NEXT_RUNS =
      """
      select distinct stream_key from placed
       where fits and kind = 'workflow' and stream_key > $1
       order by stream_key limit $2
      """;

  private static final String EVENTS =
      """
      select stream_key, namespace, stream_id, shard, version, type, occurred_at, body from placed
       where fits and stream_key = any($1::uuid[]) order by stream_key, version
      """;

  private static final String ROWS =
      WorkflowQueries.SELECT
          + """
          where run_id in (select stream_id::uuid from placed
                            where fits and stream_key = any($1::uuid[]) and stream_id ~
                                  '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')
          """;

  private static final String CLAIM =
      """
      insert into workflows
        (created_at, namespace, workflow_id, run_id, definition_hash, input_hash, labels_hash)
      select $1, * from unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                              $7::text[])
          on conflict do nothing
      """;

  /** A run cannot go on without its definition; whoever looks at the run is told. */
  private static final String LOST_DEFINITIONS =
      """
      with stuck as
        (update workflow_executions w
            set error_message = 'The definition ' || w.definition_hash || ' of this run was lost '
                  || 'with the database; submit the same definition once more, and the run goes on'
          where not w.finished
            and not exists (select from definitions d where d.definition_hash = w.definition_hash)
        returning w.definition_hash)
      select distinct definition_hash from stuck order by definition_hash
      """;

  private record Run(RebuiltRun run, int shard) {}

  private final Pipeline pipeline;
  private long count;

  RunRebuilding(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** How many runs were rebuilt. */
  long count() {
    return count;
  }

  Future<?> rebuild() {
    return rebuildAfter(new UUID(0, 0));
  }

  private Future<?> rebuildAfter(UUID last) {
    return pipeline
        .send(NEXT_RUNS, Tuple.of(last, RUNS_AT_ONCE))
        .compose(rows -> {
          var keys = new ArrayList<UUID>();
          rows.forEach(row -> keys.add(row.getUUID("stream_key")));
          return keys.isEmpty()
              ? Future.succeededFuture()
              : rebuild(keys.toArray(UUID[]::new)).compose(_ -> rebuildAfter(keys.getLast()));
        });
  }

  private Future<?> rebuild(UUID[] keys) {
    var known = pipeline.send(ROWS, Tuple.tuple().addArrayOfUUID(keys));
    var events = pipeline.send(EVENTS, Tuple.tuple().addArrayOfUUID(keys));
    return Future.all(known, events).map(_ -> write(fold(known.result(), events.result())));
  }

  private static Map<UUID, Run> fold(RowSet<Row> known, RowSet<Row> events) {
    var rows = new HashMap<String, WorkflowRow>();
    known.forEach(row -> {
      WorkflowRow stored = IndexRows.workflow(row).getRow();
      rows.put(stored.getRunId(), stored);
    });
    var runs = new LinkedHashMap<UUID, Run>();
    for (Row row : events) {
      Run run =
          runs.computeIfAbsent(
              row.getUUID("stream_key"),
              _ ->
                  new Run(
                      new RebuiltRun(rows.get(row.getString("stream_id"))),
                      row.getInteger("shard")));
      run.run()
          .apply(
              row.getString("type"),
              row.getLong("version"),
              Times.of(row.getOffsetDateTime("occurred_at")),
              Envelope.parse(row.getBuffer("body").getBytes()).payload());
    }
    return runs;
  }

  private boolean write(Map<UUID, Run> runs) {
    var placed = new ArrayList<PlacedWorkflow>();
    var claims = new ArrayList<SubmitClaim>();
    for (Run run : runs.values()) {
      run.run().row().ifPresent(row -> placed.add(new PlacedWorkflow(row, run.shard())));
      run.run().claim().ifPresent(claims::add);
    }
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    new RowWrites(pipeline, RowChanges.ofWorkflows(placed), now).send();
    if (!claims.isEmpty()) {
      var unused =
          pipeline.send(
              CLAIM,
              Columns.of(claims)
                  .same(now)
                  .text(SubmitClaim::getNamespace)
                  .text(SubmitClaim::getWorkflowId)
                  .uuid(claim -> UUID.fromString(claim.getRunId()))
                  .text(SubmitClaim::getDefinitionHash)
                  .text(SubmitClaim::getInputHash)
                  .text(SubmitClaim::getLabelsHash)
                  .tuple());
    }
    count += placed.size();
    return true;
  }

  /** The definitions that unfinished runs need and nobody has; the runs say so. */
  Future<List<String>> lostDefinitions() {
    return pipeline
        .send(LOST_DEFINITIONS, Tuple.tuple())
        .map(rows -> {
          var hashes = new ArrayList<String>();
          rows.forEach(row -> hashes.add(row.getString("definition_hash")));
          return List.copyOf(hashes);
        });
  }
}
