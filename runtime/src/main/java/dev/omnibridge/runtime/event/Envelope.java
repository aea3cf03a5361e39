// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.runtime.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The OnexEnvelopeV1: what an event looks like in the log and on Kafka, as UTF-8 JSON. One
 * canonical form is written; the older variants of the field names are read too.
 *
 * @param eventId UUIDv7 of the event
 * @param eventType type from the catalogue
 * @param eventTimestamp when it happened, by the producer's clock
 * @param sourceService the producing service
 * @param namespace tenant
 * @param correlationId shared by everything one request caused
 * @param causationId the event that caused this one
 * @param sessionId the user's session
 * @param partitionKey the stream, which is also the Kafka key
 * @param payload what happened, by the catalogue
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
    JsonNode payload) {

  /** Version of the envelope's own form. */
  public static final String VERSION = "1.0";

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(200)
                      .maxStringLength(4 * 1024 * 1024)
                      .build())
              .build());

  /** The envelope as UTF-8 JSON. */
  public byte[] toJson() {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = JSON.getFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("envelope_version", VERSION);
      out.writeStringField("event_id", eventId.toString());
      out.writeStringField("event_type", eventType);
      out.writeStringField("event_version", "1");
      out.writeStringField("event_timestamp", eventTimestamp.toString());
      out.writeStringField("source_service", sourceService);
      out.writeStringField("namespace", namespace);
      writeId(out, "correlation_id", correlationId);
      writeId(out, "causation_id", causationId);
      writeId(out, "session_id", sessionId);
      out.writeStringField("partition_key", partitionKey);
      out.writeFieldName("payload");
      JSON.writeTree(out, payload);
      out.writeObjectFieldStart("metadata");
      out.writeEndObject();
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

  /**
   * Reads an envelope, tolerant of the older variants and of unknown fields; INVALID
   * (ENVELOPE_MALFORMED) when it is not JSON or lacks id, type or time.
   */
  public static Envelope parse(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException notJson) {
      throw malformed("it is not JSON");
    }
    if (root == null || !root.isObject()) {
      throw malformed("it is not a JSON object");
    }
    return new Envelope(
        required(uuid(root, "event_id", "envelope_id"), "event_id"),
        required(text(root, "event_type"), "event_type"),
        required(
            time(root, "event_timestamp", "timestamp", "envelope_timestamp"), "event_timestamp"),
        orElse(text(root, "source_service", "source_node_id", "source_node", "source"), ""),
        orElse(text(root, "namespace", "tenant_id"), "default"),
        uuid(root, "correlation_id"),
        uuid(root, "causation_id"),
        uuid(root, "session_id"),
        orElse(text(root, "partition_key"), ""),
        root.path("payload").isMissingNode()
            ? JsonNodeFactory.instance.objectNode()
            : root.path("payload"));
  }

  private static @Nullable String text(JsonNode root, String... aliases) {
    for (String alias : aliases) {
      JsonNode value = root.path(alias);
      if (value.isTextual() && !value.textValue().isEmpty()) {
        return value.textValue();
      }
    }
    return null;
  }

  private static @Nullable UUID uuid(JsonNode root, String... aliases) {
    String value = text(root, aliases);
    try {
      return value == null ? null : UUID.fromString(value);
    } catch (IllegalArgumentException notAUuid) {
      throw malformed(aliases[0] + " is not a UUID");
    }
  }

  private static @Nullable Instant time(JsonNode root, String... aliases) {
    String value = text(root, aliases);
    try {
      return value == null ? null : OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException notATime) {
      throw malformed(aliases[0] + " is not an RFC 3339 time");
    }
  }

  private static <V> V required(@Nullable V value, String field) {
    if (value == null) {
      throw malformed(field + " is missing");
    }
    return value;
  }

  private static String orElse(@Nullable String value, String fallback) {
    return value == null ? fallback : value;
  }

  private static Fault malformed(String why) {
    return Fault.invalid("ENVELOPE_MALFORMED", "The event's envelope cannot be read: " + why + ".");
  }
}
