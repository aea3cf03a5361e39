// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The row of a run as its events tell it: for runs whose events are in the log again, but whose row
 * was lost with the database. An unfinished run is due at once, so that its owner goes on from the
 * events and writes the row anew.
 */
public final class RebuiltRun {
  private static final String PREFIX = "dev.omnibridge.workflow.";
  private static final int MAX_OUTPUT = 64 * 1024;
  private static final int MAX_MESSAGE = 1000;

  private WorkflowRow.@Nullable Builder row;
  private @Nullable SubmitClaim claim;

  /** From the row that the database still has; null when the run is new to it. */
  public RebuiltRun(@Nullable WorkflowRow known) {
    this.row = known == null ? null : known.toBuilder();
  }

  /** Takes in the next event of the run's stream. */
  public void apply(String type, long version, Timestamp at, JsonNode payload) {
    String name = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
    if (name.equals("started.v1")) {
      row = started(at, payload);
      claim = claim(payload);
    }
    WorkflowRow.Builder known = row;
    if (known == null) {
      return;
    }
    known.setVersion(version);
    switch (name) {
      case "state-transition.v1" -> known.setState(payload.path("to_state").asText());
      case "step-completed.v1" -> step(known, payload);
      case "completed.v1" ->
          finish(known, "COMPLETED", at).setOutput(output(payload.path("output")));
      case "failed.v1" ->
          finish(known, "FAILED", at).setErrorMessage(message(payload.path("error")));
      case "cancelled.v1" -> finish(known, "CANCELLED", at);
      default -> {}
    }
  }

  private static WorkflowRow.Builder started(Timestamp at, JsonNode payload) {
    var labels = payload.path("labels");
    return WorkflowRow.newBuilder()
        .setNamespace(payload.path("namespace").asText())
        .setWorkflowId(payload.path("workflow_id").asText())
        .setRunId(payload.path("run_id").asText())
        .setWorkflowType(payload.path("workflow_type").asText())
        .setDefinitionHash(payload.path("definition_hash").asText())
        .setCorrelationId(payload.path("correlation_id").asText())
        .setSessionId(payload.path("session_id").asText())
        .setState(payload.path("state").asText("PENDING"))
        .setStartedAt(at)
        .setMetadata(
            labels.isEmpty() ? ByteString.EMPTY : ByteString.copyFromUtf8(labels.toString()));
  }

  private static void step(WorkflowRow.Builder row, JsonNode payload) {
    row.setStepsExecuted(row.getStepsExecuted() + 1);
    if (payload.path("status").asText().equals("degraded")) {
      row.setStepsDegraded(row.getStepsDegraded() + 1);
    }
  }

  private static WorkflowRow.Builder finish(WorkflowRow.Builder row, String state, Timestamp at) {
    return row.setState(state).setFinished(true).setCompletedAt(at).setErrorMessage("");
  }

  private static ByteString output(JsonNode output) {
    ByteString text = ByteString.copyFromUtf8(output.toString());
    return text.size() > MAX_OUTPUT ? ByteString.EMPTY : text;
  }

  private static String message(JsonNode error) {
    String text = error.path("detail").asText(error.path("title").asText());
    return text.substring(0, Math.min(MAX_MESSAGE, text.length())).replace('\0', '\uFFFD');
  }

  /** As the orchestrator claims a workflow id, so that a repeated submission is still known. */
  private static SubmitClaim claim(JsonNode payload) {
    var labels = new TreeMap<String, String>();
    payload
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return SubmitClaim.newBuilder()
        .setNamespace(payload.path("namespace").asText())
        .setByWorkflowId(true)
        .setWorkflowId(payload.path("workflow_id").asText())
        .setRunId(payload.path("run_id").asText())
        .setDefinitionHash(payload.path("definition_hash").asText())
        .setInputHash(hash(sorted(payload.path("input")).toString()))
        .setLabelsHash(hash(labels.toString()))
        .build();
  }

  private static JsonNode sorted(JsonNode value) {
    if (value.isObject()) {
      var fields = new TreeMap<String, JsonNode>();
      value.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      return JsonNodeFactory.instance.objectNode().setAll(fields);
    }
    if (value.isArray()) {
      ArrayNode items = JsonNodeFactory.instance.arrayNode();
      value.forEach(item -> items.add(sorted(item)));
      return items;
    }
    return value;
  }

  private static String hash(String text) {
    return Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** The row; empty when neither the database nor the events tell how the run began. */
  public Optional<WorkflowRow> row() {
    WorkflowRow.Builder known = row;
    if (known == null) {
      return Optional.empty();
    }
    if (known.getFinished()) {
      known.clearDueIn();
    } else {
      known.setDueIn(Duration.getDefaultInstance());
    }
    return Optional.of(known.build());
  }

  /** The claim of its workflow id, when the run is new to the database. */
  public Optional<SubmitClaim> claim() {
    return Optional.ofNullable(claim);
  }
}
