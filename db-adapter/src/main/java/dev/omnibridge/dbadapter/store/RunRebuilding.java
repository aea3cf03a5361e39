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
 * The rows of the runs whose events were appended again, within the same transaction: a hundred
 * runs at a time, whole, out of pages of their events. What is held are those rows, of which each
 * has up to 80 KiB, and a page; nothing of the rounds before, however many they were.
 */
final class RunRebuilding {
  private static final int RUNS_AT_ONCE = 100;
  private static final int EVENTS_AT_ONCE = 5000;

  /** Or every page would look through all that was placed. */
  private static final String INDEX =
      """
      create index placed_runs on placed (stream_key, version) where fits and kind = 'workflow'
      """;

  private static final String NEXT_RUNS =
      """
      select distinct stream_key from placed
       where fits and kind = 'workflow' and stream_key > $1
       order by stream_key limit $2
      """;

  private static final String EVENTS =
      Page.question(
          "stream_key, stream_id, shard, version, type, occurred_at, body",
          "placed where fits and kind = 'workflow'"
              + " and (stream_key, version) > ($1, $2) and stream_key <= $3",
          "octet_length(body)",
          "stream_key, version",
          Integer.toString(EVENTS_AT_ONCE));

  private static final String ROWS =
      WorkflowQueries.SELECT
          + """
          where run_id in (select stream_id::uuid from placed
                            where fits and kind = 'workflow' and stream_key = any($1::uuid[])
                              and stream_id ~
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
  private final int runsAtOnce;
  private final Rounds rounds = new Rounds();
  private UUID last = new UUID(0, 0);
  private long count;

  RunRebuilding(Pipeline pipeline) {
    this(pipeline, RUNS_AT_ONCE);
  }

  RunRebuilding(Pipeline pipeline, int runsAtOnce) {
    this.pipeline = pipeline;
    this.runsAtOnce = runsAtOnce;
  }

  /** How many runs were rebuilt. */
  long count() {
    return count;
  }

  Future<?> rebuild() {
    return pipeline.send(INDEX, Tuple.tuple()).compose(_ -> rounds.repeat(this::nextRuns));
  }

  private Future<Boolean> nextRuns() {
    return pipeline
        .send(NEXT_RUNS, Tuple.of(last, runsAtOnce))
        .compose(rows -> {
          var keys = new ArrayList<UUID>();
          rows.forEach(row -> keys.add(row.getUUID("stream_key")));
          return keys.isEmpty() ? Future.succeededFuture(false) : rebuild(keys);
        });
  }

  private Future<Boolean> rebuild(List<UUID> keys) {
    return pipeline
        .send(ROWS, Tuple.tuple().addArrayOfUUID(keys.toArray(UUID[]::new)))
        .map(rows -> new Round(known(rows), last, keys.getLast()))
        .compose(round -> rounds.repeat(() -> nextEvents(round)).map(_ -> write(round)));
  }

  private static Map<String, WorkflowRow> known(RowSet<Row> rows) {
    var known = new HashMap<String, WorkflowRow>();
    rows.forEach(row -> {
      WorkflowRow stored = IndexRows.workflow(row).getRow();
      known.put(stored.getRunId(), stored);
    });
    return known;
  }

  /** Takes in the page of events behind the last; each is cut by bytes or by number. */
  private Future<Boolean> nextEvents(Round round) {
    return pipeline
        .send(EVENTS, Tuple.of(round.key, round.version, round.end))
        .map(rows -> {
          boolean followed = false;
          for (Row row : rows) {
            round.apply(row);
            followed = row.getBoolean("followed");
          }
          return followed || rows.size() == EVENTS_AT_ONCE;
        });
  }

  /** Runs between two pages of their events, and the place behind which the next one begins. */
  private static final class Round {
    private final Map<UUID, Run> runs = new LinkedHashMap<>();
    private final Map<String, WorkflowRow> known;
    private final UUID end;
    private UUID key;
    private long version = Long.MAX_VALUE;

    Round(Map<String, WorkflowRow> known, UUID last, UUID end) {
      this.known = known;
      this.key = last;
      this.end = end;
    }

    void apply(Row row) {
      key = row.getUUID("stream_key");
      version = row.getLong("version");
      runs.computeIfAbsent(key, _ -> begin(row))
          .run()
          .apply(
              row.getString("type"),
              version,
              Times.of(row.getOffsetDateTime("occurred_at")),
              Envelope.parse(row.getBuffer("body").getBytes()).payload());
    }

    private Run begin(Row first) {
      return new Run(
          new RebuiltRun(known.get(first.getString("stream_id"))), first.getInteger("shard"));
    }
  }

  /** True, for more runs may follow. */
  private boolean write(Round round) {
    var placed = new ArrayList<PlacedWorkflow>();
    var claims = new ArrayList<SubmitClaim>();
    for (Run run : round.runs.values()) {
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
    last = round.end;
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
