// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.runtime.Fault;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks rows before SQL meets them, so that a bad one fails its own request and no other. */
public final class Rows {
  private static final int UUID_LENGTH = 36;

  private Rows() {}

  static void check(StateRow row) {
    switch (row.getRowCase()) {
      case WORKFLOW -> check(row.getWorkflow());
      case STAMP -> check(row.getStamp());
      case DEFINITION -> {
        Texts.check("workflow type", row.getDefinition().getWorkflowType());
        Texts.checkJson("document", row.getDefinition().getDocument());
      }
      case BRIDGE_STATE -> {
        Texts.check("namespace", row.getBridgeState().getNamespace());
        Texts.checkJson("state", row.getBridgeState().getState());
      }
      case WORKFLOW_STATE -> {
        Texts.check("namespace", row.getWorkflowState().getNamespace());
        Texts.check("state", row.getWorkflowState().getState());
        Texts.checkJson("data", row.getWorkflowState().getData());
      }
      case TRANSITION -> check(row.getTransition());
      case ROW_NOT_SET -> throw Fault.invalid("INVALID_REQUEST", "A row is empty.");
    }
  }

  private static void check(WorkflowRow row) {
    Texts.check("namespace", row.getNamespace());
    Texts.check("workflow id", row.getWorkflowId());
    Texts.check("workflow type", row.getWorkflowType());
    Texts.check("state", row.getState());
    Texts.check("error message", row.getErrorMessage());
    Texts.checkJson("metadata", row.getMetadata());
    Texts.checkJson("output", row.getOutput());
    checkId("correlation id", row.getCorrelationId());
    checkId("session id", row.getSessionId());
  }

  private static void check(StampRow row) {
    Texts.check("namespace", row.getNamespace());
    Texts.check("file path", row.getFilePath());
    Texts.check("content type", row.getContentType());
    Texts.checkJson("stamp data", row.getStampData());
    checkId("run id", row.getRunId());
  }

  private static void check(TransitionRow row) {
    Texts.check("namespace", row.getNamespace());
    Texts.check("entity id", row.getEntityId());
    Texts.check("entity type", row.getEntityType());
    Texts.check("from state", row.getFromState());
    Texts.check("to state", row.getToState());
    Texts.check("transition event", row.getTransitionEvent());
  }

  static void check(SubmitClaim claim) {
    Texts.check("namespace", claim.getNamespace());
    Texts.check("workflow id", claim.getWorkflowId());
    Texts.check("request id", claim.getByRequestId());
  }

  static void check(DeadLetter letter) {
    Texts.check("consumer", letter.getPartition().getConsumer());
    Texts.check("topic", letter.getTopic());
    Texts.check("error reason", letter.getErrorReason());
    Texts.check("error message", letter.getErrorMessage());
    letter.getHeadersList().forEach(header -> Texts.check("header", header.getKey()));
  }

  private static void checkId(String what, String text) {
    if (!text.isEmpty() && (text.length() != UUID_LENGTH || idOrNull(text) == null)) {
      throw Fault.invalid("NOT_A_UUID", "The %s is not a UUID.".formatted(what))
          .with("field", what);
    }
  }

  /** The UUID in a text; null when it is empty or none. */
  public static @Nullable UUID idOrNull(String text) {
    try {
      return text.isEmpty() ? null : UUID.fromString(text);
    } catch (IllegalArgumentException notAUuid) {
      return null;
    }
  }

  /** JSON as text for a json column; an empty value is an empty object. */
  public static String object(ByteString json) {
    return json.isEmpty() ? "{}" : json.toStringUtf8();
  }
}
