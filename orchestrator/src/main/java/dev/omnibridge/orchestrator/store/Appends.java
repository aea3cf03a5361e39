// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.DefinitionRow;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.orchestrator.run.EventLog.Append;
import dev.omnibridge.orchestrator.run.EventLog.Fingerprint;
import dev.omnibridge.orchestrator.run.EventLog.Identified;
import dev.omnibridge.orchestrator.run.EventLog.Submitted;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowEventCodec;
import dev.omnibridge.orchestrator.workflow.WorkflowSnapshotCodec;
import dev.omnibridge.runtime.event.Envelope;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An append of the shell as a request to the log; the same append is always the same request. */
final class Appends {
  private static final String KIND = "workflow";
  private static final int MAX_SNAPSHOT = 1024 * 1024;

  private Appends() {}

  static StreamName stream(String namespace, String runId) {
    return StreamName.newBuilder().setKind(KIND).setNamespace(namespace).setId(runId).build();
  }

  static AppendRequest request(Append append) {
    Run run = append.run();
    StreamAppend.Builder stream =
        StreamAppend.newBuilder().setStream(stream(run.workflow().namespace(), run.id().value()));
    if (append.expectedVersion() == 0) {
      stream.setExpectNone(true);
    } else {
      stream.setExpectedVersion(append.expectedVersion());
    }
    addEvents(run, append.events(), stream);
    Snapshot snapshot = snapshot(append.snapshot());
    if (snapshot != null) {
      stream.setSnapshot(snapshot);
    }
    AppendRequest.Builder request =
        AppendRequest.newBuilder()
            .setAppendId(append.appendId())
            .addAppends(stream)
            .addRows(StateRow.newBuilder().setWorkflow(Rows.message(append.row())));
    if (append.submission() != null) {
      submission(run, append.submission(), request);
    }
    return request.build();
  }

  /** Every event but the first of an append was caused by the first. */
  private static void addEvents(Run run, List<Identified> events, StreamAppend.Builder stream) {
    UUID first = UUID.fromString(events.getFirst().eventId());
    for (Identified event : events) {
      UUID id = UUID.fromString(event.eventId());
      stream.addEvents(message(run, event, id, id.equals(first) ? null : first));
    }
  }

  private static NewEvent message(Run run, Identified event, UUID id, @Nullable UUID cause) {
    String namespace = run.workflow().namespace();
    Envelope envelope =
        new Envelope(
            id,
            WorkflowEventCodec.type(event.event()),
            event.event().at(),
            "orchestrator",
            namespace,
            uuid(run.correlationId()),
            cause,
            uuid(run.sessionId()),
            "%s/%s/%s".formatted(KIND, namespace, run.id().value()),
            WorkflowEventCodec.encode(run, event.event()));
    return NewEvent.newBuilder()
        .setEventId(event.eventId())
        .setType(envelope.eventType())
        .setOccurredAt(Rows.timestamp(event.event().at()))
        .setCorrelationId(text(run.correlationId()))
        .setCausationId(cause == null ? "" : cause.toString())
        .setSessionId(text(run.sessionId()))
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  /** A snapshot that is too large is left out: history is enough. */
  private static @Nullable Snapshot snapshot(@Nullable Workflow state) {
    if (state == null) {
      return null;
    }
    ByteString bytes = ByteString.copyFromUtf8(WorkflowSnapshotCodec.encode(state).toString());
    return bytes.size() > MAX_SNAPSHOT
        ? null
        : Snapshot.newBuilder().setSchema(WorkflowSnapshotCodec.SCHEMA).setState(bytes).build();
  }

  private static void submission(Run run, Submitted submitted, AppendRequest.Builder request) {
    Fingerprint print = submitted.fingerprint();
    if (submitted.definition() != null) {
      request.addRows(
          StateRow.newBuilder()
              .setDefinition(
                  DefinitionRow.newBuilder()
                      .setDefinitionHash(print.definitionHash())
                      .setWorkflowType(submitted.workflowType())
                      .setDocument(ByteString.copyFromUtf8(submitted.definition()))));
    }
    SubmitClaim.Builder claim =
        SubmitClaim.newBuilder()
            .setNamespace(run.workflow().namespace())
            .setWorkflowId(run.workflow().value())
            .setRunId(run.id().value())
            .setDefinitionHash(print.definitionHash())
            .setInputHash(print.inputHash())
            .setLabelsHash(print.labelsHash());
    request.addClaims(claim.clone().setByWorkflowId(true));
    if (submitted.requestId() != null) {
      request.addClaims(claim.clone().setByRequestId(submitted.requestId()));
    }
  }

  private static @Nullable UUID uuid(@Nullable String text) {
    return text == null ? null : UUID.fromString(text);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
