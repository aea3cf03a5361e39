// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.orchestrator.run.RunRow;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run's row as a message. */
public final class Rows {
  private static final int MAX_OUTPUT = 64 * 1024;
  private static final int MAX_MESSAGE = 1000;
  private static final int REPLACEMENT = 0xFFFD;

  private Rows() {}

  public static WorkflowRow message(RunRow row) {
    Run run = row.run();
    WorkflowRow.Builder message =
        WorkflowRow.newBuilder()
            .setNamespace(run.workflow().namespace())
            .setWorkflowId(run.workflow().value())
            .setRunId(run.id().value())
            .setWorkflowType(run.workflowType())
            .setState(row.state().name())
            .setDefinitionHash(run.definitionHash())
            .setStartedAt(timestamp(run.startedAt()))
            .setStepsExecuted(row.tally().steps())
            .setStepsDegraded(row.tally().degraded())
            .setVersion(row.version())
            .setFinished(row.finished())
            .setErrorMessage(message(row.error()))
            .setOutput(output(row.output()))
            .setMetadata(labels(run.labels()));
    if (run.correlationId() != null) {
      message.setCorrelationId(run.correlationId());
    }
    if (run.sessionId() != null) {
      message.setSessionId(run.sessionId());
    }
    if (row.completedAt() != null) {
      message.setCompletedAt(timestamp(row.completedAt()));
    }
    if (row.dueIn() != null) {
      message.setDueIn(duration(row.dueIn()));
    }
    return message.build();
  }

  /** PostgreSQL's text holds no NUL; what JSON escapes may. */
  private static String message(@Nullable WorkflowError error) {
    if (error == null) {
      return "";
    }
    String text = error.detail() == null ? error.title() : error.detail();
    return text.codePoints()
        .limit(MAX_MESSAGE)
        .map(point -> point == 0 ? REPLACEMENT : point)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static ByteString output(@Nullable JsonNode output) {
    if (output == null) {
      return ByteString.EMPTY;
    }
    ByteString text = ByteString.copyFromUtf8(output.toString());
    return text.size() > MAX_OUTPUT ? ByteString.EMPTY : text;
  }

  private static ByteString labels(Map<String, String> labels) {
    if (labels.isEmpty()) {
      return ByteString.EMPTY;
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    labels.forEach(node::put);
    return ByteString.copyFromUtf8(node.toString());
  }

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static Duration duration(java.time.Duration duration) {
    java.time.Duration left = duration.isNegative() ? java.time.Duration.ZERO : duration;
    return Duration.newBuilder().setSeconds(left.toSeconds()).setNanos(left.toNanosPart()).build();
  }
}
