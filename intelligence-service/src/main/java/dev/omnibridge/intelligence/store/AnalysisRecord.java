// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.SensitiveFinding;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One analysis as its events tell it: that it was asked for, and how it ended. No content and no
 * value of a secret is in them.
 *
 * @param contentHash empty when it never became known
 */
public record AnalysisRecord(
    String namespace,
    UUID correlationId,
    String filePath,
    String contentHash,
    String analysisContext,
    Instant requestedAt,
    Duration took,
    Outcome outcome) {

  /** How it ended. */
  public sealed interface Outcome {
    /** With an answer. */
    record Completed(AnalyzeResponse answer) implements Outcome {}

    /** With a fault. */
    record Failed(Fault fault) implements Outcome {}
  }

  private static final String PREFIX = "dev.omnibridge.intelligence.";
  private static final String SERVICE = "intelligence-service";

  Instant answeredAt() {
    return requestedAt.plus(took);
  }

  Envelope requested(UUID eventId, @Nullable UUID cause, UUID streamId) {
    ObjectNode payload = payload().put("analysis_context", analysisContext);
    putHash(payload);
    payload.put("timestamp", requestedAt.toString());
    return envelope(eventId, "requested.v1", requestedAt, cause, streamId, payload);
  }

  Envelope outcome(UUID eventId, UUID cause, UUID streamId) {
    ObjectNode payload = payload();
    String type =
        switch (outcome) {
          case Outcome.Completed(AnalyzeResponse answer) -> {
            payload.put("content_hash", answer.getContentHash());
            payload.set("intelligence_data", intelligence(answer));
            yield "completed.v1";
          }
          case Outcome.Failed(Fault fault) -> {
            payload.put("error_code", fault.reason());
            payload.put("error_message", fault.sentence());
            yield "failed.v1";
          }
        };
    payload.put("processing_time_ms", took.toNanos() / 1e6);
    payload.put("timestamp", answeredAt().toString());
    return envelope(eventId, type, answeredAt(), cause, streamId, payload);
  }

  private ObjectNode payload() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("correlation_id", correlationId.toString())
        .put("file_path", filePath);
  }

  private void putHash(ObjectNode payload) {
    if (!contentHash.isEmpty()) {
      payload.put("content_hash", contentHash);
    }
  }

  private static ObjectNode intelligence(AnalyzeResponse answer) {
    Analysis analysis = answer.getAnalysis();
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("file_type_detected", analysis.getContentType())
            .put("confidence_score", analysis.getConfidence().getScore())
            .put("analysis_type", analysis.getAnalysisType())
            .put("language", analysis.getLanguage());
    var tags = node.putArray("recommended_tags");
    analysis.getTagsList().forEach(tags::add);
    var licenses = node.putArray("licenses");
    analysis.getLicensesList().forEach(found -> licenses.add(found.getSpdxId()));
    ObjectNode sensitive = node.putObject("sensitive");
    counts(analysis).forEach(sensitive::put);
    return node.put("near_duplicates", answer.getNearDuplicatesCount())
        .put("cached", answer.getCached())
        .put("degraded", answer.getDegraded());
  }

  private static Map<String, Integer> counts(Analysis analysis) {
    Map<String, Integer> counts = new TreeMap<>();
    for (SensitiveFinding found : analysis.getSensitiveList()) {
      counts.merge(found.getKind(), 1, Integer::sum);
    }
    return counts;
  }

  private Envelope envelope(
      UUID eventId,
      String type,
      Instant at,
      @Nullable UUID cause,
      UUID streamId,
      ObjectNode payload) {
    return new Envelope(
        eventId,
        PREFIX + type,
        at,
        SERVICE,
        namespace,
        correlationId,
        cause,
        null,
        "analysis/" + namespace + "/" + streamId,
        payload);
  }
}
