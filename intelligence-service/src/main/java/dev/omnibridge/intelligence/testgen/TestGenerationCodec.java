// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Completed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Failed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Started;
import dev.omnibridge.runtime.Fault;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The payloads of the three events, field by field. */
final class TestGenerationCodec {
  private static final String PREFIX = "dev.omnibridge.test-generation.";
  private static final String STARTED = PREFIX + "started.v1";
  private static final String COMPLETED = PREFIX + "completed.v1";
  private static final String FAILED = PREFIX + "failed.v1";
  private static final String SCHEMA_VERSION = "1.0";

  private TestGenerationCodec() {}

  static String type(TestGenerationEvent event) {
    return switch (event) {
      case Started _ -> STARTED;
      case Completed _ -> COMPLETED;
      case Failed _ -> FAILED;
    };
  }

  static ObjectNode write(TestGenerationEvent event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("correlation_id", event.correlationId().toString());
    UUID workflow = event.workflowId();
    node.put("workflow_id", workflow == null ? null : workflow.toString());
    node.put("timestamp", event.timestamp().toString());
    switch (event) {
      case Started e -> started(node, e);
      case Completed e -> completed(node, e);
      case Failed e -> failed(node, e);
    }
    return node.put("schema_version", SCHEMA_VERSION);
  }

  private static void started(ObjectNode node, Started event) {
    node.put("test_contract_name", event.testContractName());
    texts(node, "test_types", event.testTypes());
    node.put("node_name", event.nodeName());
    node.put("output_directory", event.outputDirectory());
  }

  private static void completed(ObjectNode node, Completed event) {
    texts(node, "generated_files", event.generatedFiles());
    node.put("file_count", event.generatedFiles().size());
    node.put("duration_seconds", event.durationSeconds());
    node.put("quality_score", event.qualityScore());
    node.put("test_coverage_estimate", event.testCoverageEstimate());
    node.set("metadata", event.metadata());
  }

  private static void failed(ObjectNode node, Failed event) {
    node.put("error_code", event.errorCode());
    node.put("error_message", event.errorMessage());
    node.put("stack_trace", event.stackTrace());
    node.put("failed_test_type", event.failedTestType());
    texts(node, "partial_files_generated", event.partialFilesGenerated());
    node.set("metadata", event.metadata());
  }

  static TestGenerationEvent read(String type, JsonNode node) {
    UUID correlation = uuid(node, "correlation_id");
    Instant at = time(node);
    if (correlation == null || at == null) {
      throw Fault.invalid(
          "TEST_GENERATION_MALFORMED", "The event has no usable correlation_id or timestamp.");
    }
    UUID workflow = uuid(node, "workflow_id");
    return switch (type) {
      case STARTED ->
          new Started(
              correlation,
              workflow,
              at,
              node.path("test_contract_name").asText(),
              texts(node, "test_types"),
              node.path("node_name").asText(),
              node.path("output_directory").asText());
      case COMPLETED ->
          new Completed(
              correlation,
              workflow,
              at,
              texts(node, "generated_files"),
              node.path("duration_seconds").asDouble(),
              node.path("quality_score").asDouble(),
              node.hasNonNull("test_coverage_estimate")
                  ? (Double) node.get("test_coverage_estimate").asDouble()
                  : null,
              metadata(node));
      case FAILED ->
          new Failed(
              correlation,
              workflow,
              at,
              node.path("error_code").asText(),
              node.path("error_message").asText(),
              text(node, "stack_trace"),
              text(node, "failed_test_type"),
              texts(node, "partial_files_generated"),
              metadata(node));
      default ->
          throw Fault.invalid("TEST_GENERATION_MALFORMED", type + " is no event of a generation.");
    };
  }

  private static @Nullable UUID uuid(JsonNode node, String field) {
    try {
      return node.hasNonNull(field) ? UUID.fromString(node.get(field).asText()) : null;
    } catch (IllegalArgumentException notAUuid) {
      return null;
    }
  }

  private static @Nullable Instant time(JsonNode node) {
    try {
      return OffsetDateTime.parse(node.path("timestamp").asText()).toInstant();
    } catch (DateTimeException notATime) {
      return null;
    }
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  private static ObjectNode metadata(JsonNode node) {
    return node.path("metadata") instanceof ObjectNode metadata
        ? metadata
        : JsonNodeFactory.instance.objectNode();
  }

  private static void texts(ObjectNode node, String field, List<String> texts) {
    var array = node.putArray(field);
    texts.forEach(array::add);
  }

  private static List<String> texts(JsonNode node, String field) {
    var texts = new ArrayList<String>();
    node.path(field).forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }
}
