// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.DefinitionRow;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.dbadapter.log.RowChanges;
import dev.omnibridge.dbadapter.log.RowChanges.PlacedWorkflow;
import dev.omnibridge.dbadapter.log.Rows;
import dev.omnibridge.dbadapter.log.Times;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes the rows for lists and searches. An older version never replaces a newer one. */
final class RowWrites {
  private static final String UPSERT_WORKFLOW_EXECUTIONS =
      """
      insert into workflow_executions as old
        (created_at, updated_at, run_id, namespace, workflow_id, workflow_type, current_state,
         shard,
         version, finished, due_at, correlation_id, session_id, definition_hash, started_at,
         completed_at, error_message, workflow_steps_executed, workflow_steps_degraded,
         metadata, output)
      select $1, $1, run_id, namespace, workflow_id, workflow_type, current_state, shard,
             version, finished, due_at, correlation_id, session_id, definition_hash, started_at,
             completed_at, error_message, steps_executed, steps_degraded, metadata::json,
             output::json
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[],
                    $8::bigint[],
                    $9::boolean[], $10::timestamptz[], $11::uuid[], $12::uuid[], $13::text[],
                    $14::timestamptz[], $15::timestamptz[], $16::text[], $17::int[], $18::int[],
                    $19::text[], $20::text[])
          as new(run_id, namespace, workflow_id, workflow_type, current_state, shard, version,
                 finished,
                 due_at, correlation_id, session_id, definition_hash, started_at, completed_at,
                 error_message, steps_executed, steps_degraded, metadata, output)
          on conflict (run_id) do update
         set updated_at = excluded.updated_at, workflow_type = excluded.workflow_type,
             current_state = excluded.current_state, version = excluded.version,
             finished = excluded.finished, due_at = excluded.due_at,
             correlation_id = excluded.correlation_id, session_id = excluded.session_id,
             definition_hash = excluded.definition_hash, started_at = excluded.started_at,
             completed_at = excluded.completed_at, error_message = excluded.error_message,
             workflow_steps_executed = excluded.workflow_steps_executed,
             workflow_steps_degraded = excluded.workflow_steps_degraded,
             metadata = excluded.metadata, output = excluded.output
       where excluded.version >= old.version
      """;

  private static final String INSERT_DEFINITIONS =
      """
      insert into definitions (created_at, definition_hash, workflow_type, document)
      select $1, * from unnest($2::text[], $3::text[], $4::bytea[])
          on conflict (definition_hash) do nothing
      """;

  private static final String BRIDGE_STATE_COLUMNS =
      """
        from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                    $8::text[], $9::timestamptz[])
          as new(namespace, fsm_state, version, workflows, items, size, state, last)
      """;

  /** A plain insert: of two first states one is refused by the key and decided anew. */
  private static final String INSERT_BRIDGE_STATES =
      """
      insert into bridge_states
        (updated_at, namespace, current_fsm_state, version, total_workflows_processed,
         total_items_aggregated, total_size_bytes, aggregation_metadata, last_aggregation_timestamp)
      select $1, namespace, fsm_state, version, workflows, items, size, state::json, last
      """
          + BRIDGE_STATE_COLUMNS;

  private static final String UPDATE_BRIDGE_STATES =
      """
      update bridge_states old
         set updated_at = $1, current_fsm_state = new.fsm_state, version = new.version,
             total_workflows_processed = new.workflows, total_items_aggregated = new.items,
             total_size_bytes = new.size, aggregation_metadata = new.state::json,
             last_aggregation_timestamp = new.last
      """
          + BRIDGE_STATE_COLUMNS
          + " where old.namespace = new.namespace and old.version < new.version";

  private static final String UPSERT_PROJECTIONS =
      """
      insert into workflow_projection as old (updated_at, namespace, run_id, version, state, data)
      select $1, namespace, run_id, version, state, data::json
        from unnest($2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::text[])
          as new(namespace, run_id, version, state, data)
          on conflict (namespace, run_id) do update
         set updated_at = excluded.updated_at, version = excluded.version, state = excluded.state,
             data = excluded.data
       where excluded.version > old.version
      """;

  private static final String INSERT_TRANSITIONS =
      """
      insert into fsm_transitions
        (created_at, namespace, entity_type, entity_id, version, from_state, to_state,
         transition_event,
         occurred_at)
      select $1, *
        from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                    $8::text[],
                    $9::timestamptz[])
          on conflict (namespace, entity_type, entity_id, version) do nothing
      """;

  private final Pipeline pipeline;
  private final RowChanges rows;
  private final OffsetDateTime now;

  RowWrites(Pipeline pipeline, RowChanges rows, OffsetDateTime now) {
    this.pipeline = pipeline;
    this.rows = rows;
    this.now = now;
  }

  void send() {
    send(INSERT_DEFINITIONS, rows.definitions(), RowWrites::definition);
    send(UPSERT_WORKFLOW_EXECUTIONS, rows.workflows(), this::workflow);
    send(StampWrites.WRITE, rows.stamps(), StampWrites::columns);
    send(INSERT_BRIDGE_STATES, rows.bridgeStates(true), RowWrites::bridgeState);
    send(UPDATE_BRIDGE_STATES, rows.bridgeStates(false), RowWrites::bridgeState);
    send(UPSERT_PROJECTIONS, rows.projections(), RowWrites::projection);
    send(INSERT_TRANSITIONS, rows.transitions(), RowWrites::transition);
  }

  private <T> void send(
      String sql, Collection<T> written, Function<Columns<T>, Columns<T>> columns) {
    if (!written.isEmpty()) {
      var unused = pipeline.send(sql, columns.apply(Columns.of(written).same(now)).tuple());
    }
  }

  private Columns<PlacedWorkflow> workflow(Columns<PlacedWorkflow> columns) {
    return columns
        .uuid(placed -> UUID.fromString(placed.row().getRunId()))
        .text(placed -> placed.row().getNamespace())
        .text(placed -> placed.row().getWorkflowId())
        .text(placed -> placed.row().getWorkflowType())
        .text(placed -> placed.row().getState())
        .integer(PlacedWorkflow::shard)
        .bigint(placed -> placed.row().getVersion())
        .bool(placed -> placed.row().getFinished())
        .time(placed -> dueAt(placed.row()))
        .uuid(placed -> Rows.idOrNull(placed.row().getCorrelationId()))
        .uuid(placed -> Rows.idOrNull(placed.row().getSessionId()))
        .text(placed -> placed.row().getDefinitionHash())
        .time(placed -> Times.of(placed.row().getStartedAt()))
        .time(placed -> completedAt(placed.row()))
        .text(placed -> orNull(placed.row().getErrorMessage()))
        .integer(placed -> placed.row().getStepsExecuted())
        .integer(placed -> placed.row().getStepsDegraded())
        .text(placed -> Rows.object(placed.row().getMetadata()))
        .text(placed -> orNull(placed.row().getOutput()));
  }

  /** By the database's clock, on which every comparison is made, too. */
  private @Nullable OffsetDateTime dueAt(WorkflowRow row) {
    return row.hasDueIn() ? Times.after(now, row.getDueIn()) : null;
  }

  private static @Nullable OffsetDateTime completedAt(WorkflowRow row) {
    return row.hasCompletedAt() ? Times.of(row.getCompletedAt()) : null;
  }

  private static Columns<DefinitionRow> definition(Columns<DefinitionRow> columns) {
    return columns
        .text(DefinitionRow::getDefinitionHash)
        .text(DefinitionRow::getWorkflowType)
        .bytes(DefinitionRow::getDocument);
  }

  private static Columns<BridgeStateRow> bridgeState(Columns<BridgeStateRow> columns) {
    return columns
        .text(BridgeStateRow::getNamespace)
        .text(BridgeStateRow::getFsmState)
        .bigint(BridgeStateRow::getVersion)
        .bigint(BridgeStateRow::getTotalWorkflowsProcessed)
        .bigint(BridgeStateRow::getTotalItemsAggregated)
        .bigint(BridgeStateRow::getTotalSizeBytes)
        .text(row -> Rows.object(row.getState()))
        .time(row -> row.hasLastEventAt() ? Times.of(row.getLastEventAt()) : null);
  }

  private static Columns<WorkflowStateRow> projection(Columns<WorkflowStateRow> columns) {
    return columns
        .text(WorkflowStateRow::getNamespace)
        .uuid(row -> UUID.fromString(row.getRunId()))
        .bigint(WorkflowStateRow::getVersion)
        .text(WorkflowStateRow::getState)
        .text(row -> Rows.object(row.getData()));
  }

  private static Columns<TransitionRow> transition(Columns<TransitionRow> columns) {
    return columns
        .text(TransitionRow::getNamespace)
        .text(TransitionRow::getEntityType)
        .text(TransitionRow::getEntityId)
        .bigint(TransitionRow::getVersion)
        .text(row -> orNull(row.getFromState()))
        .text(TransitionRow::getToState)
        .text(TransitionRow::getTransitionEvent)
        .time(row -> Times.of(row.getOccurredAt()));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String orNull(ByteString json) {
    return json.isEmpty() ? null : json.toStringUtf8();
  }
}
