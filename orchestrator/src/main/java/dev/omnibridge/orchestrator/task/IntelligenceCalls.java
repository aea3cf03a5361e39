// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.Confidence;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.runtime.rpc.Calls;
import io.grpc.Channel;
import io.vertx.core.Future;
import java.time.Duration;

/** The call analyze. */
final class IntelligenceCalls {
  private final Channel channel;

  IntelligenceCalls(Channel channel) {
    this.channel = channel;
  }

  Future<JsonNode> analyze(Task task, Duration deadline) {
    Arguments arguments = new Arguments("analyze", task.arguments());
    AnalyzeRequest.Builder request =
        AnalyzeRequest.newBuilder().setFilePath(arguments.text("path", ""));
    if (task.run().correlationId() != null) {
      request.setCorrelationId(task.run().correlationId());
    }
    ByteString content = arguments.content();
    if (content == null) {
      request.setContentHash(arguments.required("contentHash"));
    } else {
      request.setContent(content);
    }
    return Calls.unary(
            channel, IntelligenceServiceGrpc.getAnalyzeMethod(), request.build(), deadline)
        .map(response -> json(response.getAnalysis()));
  }

  private static JsonNode json(Analysis analysis) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("contentType", analysis.getContentType())
            .put("language", analysis.getLanguage())
            .put("naturalLanguage", analysis.getNaturalLanguage())
            .put("text", analysis.getText())
            .put("lines", analysis.getTextStatistics().getLines())
            .put("codeLines", analysis.getCodeStatistics().getCodeLines())
            .put("commentLines", analysis.getCodeStatistics().getCommentLines())
            .put("functions", analysis.getCodeStatistics().getFunctions())
            .put("types", analysis.getCodeStatistics().getTypes())
            .put("entropy", analysis.getEntropyBits())
            .put("degraded", false);
    ArrayNode tags = node.putArray("tags");
    analysis.getTagsList().forEach(tags::add);
    ArrayNode patterns = node.putArray("patterns");
    analysis
        .getPatternsList()
        .forEach(found ->
            patterns
                .addObject()
                .put("name", found.getName())
                .put("count", found.getCount())
                .put("detail", found.getDetail()));
    ArrayNode recommendations = node.putArray("recommendations");
    analysis.getRecommendationsList().forEach(recommendations::add);
    node.set("confidence", json(analysis.getConfidence()));
    return node;
  }

  private static ObjectNode json(Confidence confidence) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("score", confidence.getScore())
            .put("level", confidence.getLevel());
    ArrayNode parts = node.putArray("parts");
    confidence
        .getPartsList()
        .forEach(part ->
            parts
                .addObject()
                .put("name", part.getName())
                .put("weight", part.getWeight())
                .put("value", part.getValue())
                .put("explanation", part.getExplanation()));
    return node;
  }

  /** What a workflow goes on with when intelligence is away. */
  static ObjectNode fallback() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("analysisType", "fallback")
            .put("degraded", true)
            .put("reason", "intelligence-service did not answer");
    node.putObject("confidence").put("score", 0).put("level", "MINIMAL").putArray("parts");
    return node;
  }
}
