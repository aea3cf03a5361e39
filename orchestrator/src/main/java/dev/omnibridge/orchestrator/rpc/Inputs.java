// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.orchestrator.definition.Values;
import dev.omnibridge.orchestrator.run.Submission;
import dev.omnibridge.runtime.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Submissions as the shell takes them. */
final class Inputs {
  /** Half of what a row holds, because a control character takes more room as JSON. */
  private static final int MAX_LABELS = 8 * 1024;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(Values.MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Inputs() {}

  static Submission submission(SubmitWorkflowRequest request, Supplier<String> newCorrelationId) {
    String correlationId = request.getCorrelationId();
    return new Submission(
        namespace(request.getNamespace()),
        orNull(request.getWorkflowId()),
        orNull(request.getRequestId()),
        request.getDefinition(),
        json(request.getInput()),
        correlationId.isEmpty() ? newCorrelationId.get() : correlationId,
        orNull(request.getSessionId()),
        labels(request.getLabelsMap()));
  }

  private static Map<String, String> labels(Map<String, String> labels) {
    int length = 2;
    for (var label : labels.entrySet()) {
      length += utf8(label.getKey()) + utf8(label.getValue()) + 6;
    }
    if (length > MAX_LABELS) {
      throw Fault.invalidField("LABELS_TOO_LARGE", "labels", "All labels together may have 8 KiB.");
    }
    return Map.copyOf(labels);
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static String namespace(String given) {
    return given.isEmpty() ? "default" : given;
  }

  private static JsonNode json(String text) {
    try {
      return Values.normal(JSON.readTree(text.isBlank() ? "{}" : text));
    } catch (JsonProcessingException notJson) {
      var at = notJson.getLocation();
      String where =
          at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
      String why = Values.saidByReader(notJson.getOriginalMessage());
      throw Fault.invalidField(
          "INPUT_MALFORMED", "input", "The input is not JSON%s: %s".formatted(where, why));
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
