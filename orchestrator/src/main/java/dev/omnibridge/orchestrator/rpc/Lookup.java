// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowError;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.run.RunRow;
import dev.omnibridge.orchestrator.store.Rows;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Envelope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds runs by what clients call them. */
final class Lookup {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final WorkflowLog log;

  Lookup(WorkflowLog log) {
    this.log = log;
  }

  /** A run id names its run; anything else, and a UUID that is no run id, is a workflow id. */
  Future<WorkflowRow> row(WorkflowKey key, Duration within) {
    String namespace = Inputs.namespace(key.getNamespace());
    Future<WorkflowRow> found =
        UUID.matcher(key.getId()).matches()
            ? log.byRunId(namespace, key.getId(), within)
                .recover(failure ->
                    isNotFound(failure)
                        ? log.byWorkflowId(namespace, key.getId(), within)
                        : Future.failedFuture(failure))
                .map(stored -> stored.getRow())
            : log.byWorkflowId(namespace, key.getId(), within).map(stored -> stored.getRow());
    return found.recover(failure -> Future.failedFuture(named(failure, namespace, key.getId())));
  }

  private static boolean isNotFound(Throwable failure) {
    return failure instanceof Fault fault && fault.kind() == Fault.Kind.NOT_FOUND;
  }

  private static Throwable named(Throwable failure, String namespace, String id) {
    return isNotFound(failure)
        ? Fault.notFound(
                "WORKFLOW_NOT_FOUND",
                "There is no workflow or run %s in namespace %s.".formatted(id, namespace))
            .with("namespace", namespace)
            .with("id", id)
        : failure;
  }

  /** A row as clients see it; why a run failed is read from its last event. */
  Future<Workflow> view(WorkflowRow row) {
    if (!row.getState().equals("FAILED")) {
      return Future.succeededFuture(Views.of(row, null));
    }
    return log.events(key(row), row.getVersion() - 1)
        .map(page -> Views.of(row, error(page.getEventsList())))
        .otherwise(_ -> Views.of(row, null));
  }

  private static @Nullable WorkflowError error(List<RecordedEvent> events) {
    if (events.isEmpty()) {
      return null;
    }
    JsonNode payload = Envelope.parse(events.getLast().getBody().toByteArray()).payload();
    return Views.of(dev.omnibridge.orchestrator.workflow.WorkflowError.from(payload.path("error")));
  }

  static Workflow view(RunRow row) {
    return Views.of(Rows.message(row), row.error() == null ? null : Views.of(row.error()));
  }

  static RunKey key(WorkflowRow row) {
    return new RunKey(row.getNamespace(), row.getRunId());
  }
}
