// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.Confidence;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.intelligence.v1.SensitiveFinding;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.runtime.rpc.Calls;
import io.grpc.Channel;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The call analyze. */
final class IntelligenceCalls {
  private static final double SURE = 0.5;

  private final Channel channel;

  IntelligenceCalls(Channel channel) {
    this.channel = channel;
  }

  Future<JsonNode> analyze(Task task, Duration deadline) {
    Arguments arguments = new Arguments("analyze", task.arguments());
    AnalyzeRequest.Builder request =
        AnalyzeRequest.newBuilder()
            .setFilePath(arguments.text("path", ""))
            .setNamespace(task.run().workflow().namespace())
            .setAnalysisContext("workflow " + task.run().id().value());
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
        .map(IntelligenceCalls::json);
  }

  private static JsonNode json(AnalyzeResponse response) {
    Analysis analysis = response.getAnalysis();
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("analysisType", analysis.getAnalysisType())
            .put("contentHash", response.getContentHash())
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
            .put("cached", response.getCached())
            .put("degraded", response.getDegraded());
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
    ArrayNode licenses = node.putArray("licenses");
    analysis.getLicensesList().forEach(found -> licenses.add(found.getSpdxId()));
    node.set("sensitive", sensitive(analysis.getSensitiveList()));
    ArrayNode duplicates = node.putArray("nearDuplicates");
    response
        .getNearDuplicatesList()
        .forEach(near ->
            duplicates
                .addObject()
                .put("contentHash", near.getContentHash())
                .put("path", near.getPath())
                .put("resemblance", near.getResemblance()));
    node.set("confidence", json(analysis.getConfidence()));
    return node;
  }

  /** How many and which kinds; placeholders and examples are left out. */
  private static ObjectNode sensitive(List<SensitiveFinding> findings) {
    Set<String> kinds = new TreeSet<>();
    int secrets = 0;
    int personal = 0;
    for (SensitiveFinding found : findings) {
      if (found.getConfidence() >= SURE) {
        kinds.add(found.getKind());
        secrets += found.getCategory().equals("secret") ? 1 : 0;
        personal += found.getCategory().equals("personal") ? 1 : 0;
      }
    }
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("secrets", secrets).put("personal", personal);
    kinds.forEach(node.putArray("kinds")::add);
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
