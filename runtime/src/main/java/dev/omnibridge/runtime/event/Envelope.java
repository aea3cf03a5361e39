// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.runtime.Ids;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The OnexEnvelopeV1: what an event looks like in the log and on Kafka, as UTF-8 JSON. One
 * canonical form is written, the union of all variants; {@link EnvelopeReader} reads every one.
 *
 * @param eventId UUIDv7 of the event; for a foreign id that is no UUID one derived from source and
 *     id
 * @param eventType type from the catalogue
 * @param eventTimestamp when it happened, by the producer's clock
 * @param sourceService the producing service
 * @param namespace tenant
 * @param correlationId shared by everything one request caused
 * @param causationId the event that caused this one
 * @param sessionId the user's session
 * @param partitionKey the stream, which is also the Kafka key
 * @param payload what happened, by the catalogue
 * @param details what else may be known
 */
public record Envelope(
    UUID eventId,
    String eventType,
    Instant eventTimestamp,
    String sourceService,
    String namespace,
    @Nullable UUID correlationId,
    @Nullable UUID causationId,
    @Nullable UUID sessionId,
    String partitionKey,
    JsonNode payload,
    EnvelopeDetails details) {

  /** Version of the envelope's own form. */
  public static final String VERSION = "1.0";

  /** An envelope without details. */
  public Envelope(
      UUID eventId,
      String eventType,
      Instant eventTimestamp,
      String sourceService,
      String namespace,
      @Nullable UUID correlationId,
      @Nullable UUID causationId,
      @Nullable UUID sessionId,
      String partitionKey,
      JsonNode payload) {
    this(
        eventId,
        eventType,
        eventTimestamp,
        sourceService,
        namespace,
        correlationId,
        causationId,
        sessionId,
        partitionKey,
        payload,
        EnvelopeDetails.NONE);
  }

  /** Reads an envelope of any variant; INVALID (ENVELOPE_MALFORMED) when it is none. */
  public static Envelope parse(byte[] json) {
    return new EnvelopeReader().envelope(json, null);
  }

  static Envelope of(
      EnvelopeHead head,
      Instant time,
      Function<Attribute, String> text,
      JsonNode payload,
      Map<String, JsonNode> trees) {
    UUID id = EnvelopeReader.uuid(head.id());
    return new Envelope(
        id == null ? Ids.derived(head.source(), head.id()) : id,
        head.type(),
        time,
        head.source(),
        head.namespace().isEmpty() ? "default" : head.namespace(),
        head.correlationId(),
        head.causationId(),
        head.sessionId(),
        head.partitionKey(),
        payload,
        EnvelopeDetails.of(text, head.traceparent(), trees));
  }

  /** The envelope as UTF-8 JSON. */
  public byte[] toJson() {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = EnvelopeReader.JSON.getFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("envelope_version", VERSION);
      out.writeStringField("event_id", eventId.toString());
      out.writeStringField("event_type", eventType);
      out.writeStringField("event_version", details.eventVersion());
      out.writeStringField("event_timestamp", eventTimestamp.toString());
      out.writeStringField("source_service", sourceService);
      out.writeStringField("namespace", namespace);
      writeId(out, "correlation_id", correlationId);
      writeId(out, "causation_id", causationId);
      writeId(out, "session_id", sessionId);
      out.writeStringField("partition_key", partitionKey);
      details.writeTexts(out);
      out.writeFieldName("payload");
      out.writeTree(payload);
      details.writeTrees(out);
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static void writeId(JsonGenerator out, String field, @Nullable UUID id)
      throws IOException {
    if (id != null) {
      out.writeStringField(field, id.toString());
    }
  }
}
