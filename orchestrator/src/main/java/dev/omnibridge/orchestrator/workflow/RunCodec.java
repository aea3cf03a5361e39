// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The JSON of what is fixed for a run. */
final class RunCodec {
  private RunCodec() {}

  static void write(Run run, ObjectNode node) {
    node.put("namespace", run.workflow().namespace());
    node.put("workflow_id", run.workflow().value());
    node.put("run_id", run.id().value());
    node.put("workflow_type", run.workflowType());
    node.put("definition_hash", run.definitionHash());
    if (run.correlationId() != null) {
      node.put("correlation_id", run.correlationId());
    }
    if (run.sessionId() != null) {
      node.put("session_id", run.sessionId());
    }
    ObjectNode labels = node.putObject("labels");
    run.labels().forEach(labels::put);
    node.set("input", run.input());
  }

  static Run read(JsonNode node, Instant startedAt) {
    Map<String, String> labels = new TreeMap<>();
    node.path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return new Run(
        new RunId(node.path("run_id").asText()),
        new WorkflowId(node.path("namespace").asText(), node.path("workflow_id").asText()),
        node.path("workflow_type").asText(),
        node.path("definition_hash").asText(),
        text(node, "correlation_id"),
        text(node, "session_id"),
        Map.copyOf(labels),
        node.path("input"),
        startedAt);
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.has(field) ? node.get(field).asText() : null;
  }
}
