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
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Submissions as the shell takes them. */
final class Inputs {
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
        Map.copyOf(request.getLabelsMap()));
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
      String why = notJson.getOriginalMessage().lines().findFirst().orElse("").strip();
      throw Fault.invalidField(
          "INPUT_MALFORMED", "input", "The input is not JSON%s: %s".formatted(where, why));
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
