// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowError;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.orchestrator.workflow.WorkflowError.Kind;
import dev.omnibridge.runtime.Fault;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Workflows as clients see them. */
final class Views {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "WORKFLOW_STATE_";

  private Views() {}

  /**
   * A row; its error is told by its sentence alone unless more is known. An unfinished run's tells
   * why it does not go on for now.
   */
  static Workflow of(WorkflowRow row, @Nullable WorkflowError error) {
    Workflow.Builder view =
        Workflow.newBuilder()
            .setNamespace(row.getNamespace())
            .setWorkflowId(row.getWorkflowId())
            .setRunId(row.getRunId())
            .setWorkflowType(row.getWorkflowType())
            .setDefinitionHash(row.getDefinitionHash())
            .setState(WorkflowState.valueOf(PREFIX + row.getState()))
            .setVersion(row.getVersion())
            .setCorrelationId(row.getCorrelationId())
            .setCreateTime(row.getStartedAt())
            .setOutput(row.getOutput().toStringUtf8())
            .setStepsExecuted(row.getStepsExecuted())
            .setStepsDegraded(row.getStepsDegraded())
            .putAllLabels(labels(row.getMetadata()));
    if (row.hasCompletedAt()) {
      view.setEndTime(row.getCompletedAt());
    }
    if (error != null) {
      view.setError(error);
    } else if (!row.getErrorMessage().isEmpty()) {
      view.setError(row.getFinished() ? failed(row) : held(row));
    }
    return view.build();
  }

  private static WorkflowError failed(WorkflowRow row) {
    return WorkflowError.newBuilder().setDetail(row.getErrorMessage()).build();
  }

  private static WorkflowError held(WorkflowRow row) {
    return of(
        dev.omnibridge.orchestrator.workflow.WorkflowError.of(
            Kind.CONFIGURATION, row.getErrorMessage(), null));
  }

  static WorkflowError of(dev.omnibridge.orchestrator.workflow.WorkflowError error) {
    return WorkflowError.newBuilder()
        .setType(error.type())
        .setStatus(error.status())
        .setTitle(error.title())
        .setDetail(error.detail() == null ? "" : error.detail())
        .setInstance(error.instance() == null ? "" : error.instance())
        .build();
  }

  static String name(WorkflowState state) {
    return state.name().substring(PREFIX.length());
  }

  private static Map<String, String> labels(ByteString metadata) {
    Map<String, String> labels = new TreeMap<>();
    if (!metadata.isEmpty()) {
      json(metadata.toStringUtf8())
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    }
    return labels;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException damaged) {
      throw Fault.broken(damaged);
    }
  }
}
