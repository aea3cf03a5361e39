// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static dev.omnibridge.dbadapter.store.EventRows.text;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StoredWorkflow;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.runtime.Fault;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the index as messages. */
final class IndexRows {
  private IndexRows() {}

  static StoredWorkflow workflow(Row row) {
    var run =
        WorkflowRow.newBuilder()
            .setNamespace(row.getString("namespace"))
            .setWorkflowId(row.getString("workflow_id"))
            .setRunId(row.getUUID("run_id").toString())
            .setWorkflowType(row.getString("workflow_type"))
            .setState(row.getString("current_state"))
            .setCorrelationId(text(row.getUUID("correlation_id")))
            .setSessionId(text(row.getUUID("session_id")))
            .setDefinitionHash(row.getString("definition_hash"))
            .setStartedAt(Times.of(row.getOffsetDateTime("started_at")))
            .setErrorMessage(text(row.getString("error_message")))
            .setStepsExecuted(row.getInteger("workflow_steps_executed"))
            .setStepsDegraded(row.getInteger("workflow_steps_degraded"))
            .setVersion(row.getLong("version"))
            .setMetadata(json(row.getString("metadata")))
            .setOutput(json(row.getString("output")))
            .setFinished(row.getBoolean("finished"));
    OffsetDateTime completedAt = row.getOffsetDateTime("completed_at");
    if (completedAt != null) {
      run.setCompletedAt(Times.of(completedAt));
    }
    Long dueIn = row.getLong("due_in_micros");
    if (dueIn != null) {
      run.setDueIn(Times.micros(dueIn));
    }
    return StoredWorkflow.newBuilder()
        .setRow(run)
        .setShard(row.getInteger("shard"))
        .setUpdatedAt(Times.of(row.getOffsetDateTime("updated_at")))
        .build();
  }

  static StampRow stamp(Row row) {
    return StampRow.newBuilder()
        .setNamespace(row.getString("namespace"))
        .setFileHash(row.getString("file_hash"))
        .setContentHash(row.getString("content_hash"))
        .setStampId(row.getUUID("stamp_id").toString())
        .setFilePath(row.getString("file_path"))
        .setFileSize(row.getLong("file_size"))
        .setContentType(row.getString("content_type"))
        .setRevision(row.getLong("version"))
        .setStampData(json(row.getString("stamp_data")))
        .setRunId(text(row.getUUID("run_id")))
        .setCreatedAt(Times.of(row.getOffsetDateTime("created_at")))
        .setOpId(row.getUUID("op_id").toString())
        .build();
  }

  static BridgeStateRow bridgeState(Row row) {
    var state =
        BridgeStateRow.newBuilder()
            .setNamespace(row.getString("namespace"))
            .setFsmState(row.getString("current_fsm_state"))
            .setVersion(row.getLong("version"))
            .setTotalWorkflowsProcessed(row.getLong("total_workflows_processed"))
            .setTotalItemsAggregated(row.getLong("total_items_aggregated"))
            .setTotalSizeBytes(row.getLong("total_size_bytes"))
            .setState(json(row.getString("state")));
    Timestamp last = time(row.getOffsetDateTime("last_aggregation_timestamp"));
    if (last != null) {
      state.setLastEventAt(last);
    }
    return state.build();
  }

  static WorkflowStateRow projection(Row row) {
    return WorkflowStateRow.newBuilder()
        .setNamespace(row.getString("namespace"))
        .setRunId(row.getUUID("run_id").toString())
        .setVersion(row.getLong("version"))
        .setState(row.getString("state"))
        .setData(json(row.getString("data")))
        .build();
  }

  static TransitionRow transition(Row row) {
    return TransitionRow.newBuilder()
        .setNamespace(row.getString("namespace"))
        .setEntityId(row.getString("entity_id"))
        .setEntityType(row.getString("entity_type"))
        .setVersion(row.getLong("version"))
        .setFromState(text(row.getString("from_state")))
        .setToState(row.getString("to_state"))
        .setTransitionEvent(row.getString("transition_event"))
        .setOccurredAt(Times.of(row.getOffsetDateTime("occurred_at")))
        .build();
  }

  static UUID runId(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException notAUuid) {
      throw Fault.invalidField("NOT_A_UUID", "run_ids", "A run id is not a UUID.");
    }
  }

  private static ByteString json(@Nullable String text) {
    return text == null ? ByteString.EMPTY : ByteString.copyFromUtf8(text);
  }

  private static @Nullable Timestamp time(@Nullable OffsetDateTime time) {
    return time == null ? null : Times.of(time);
  }
}
