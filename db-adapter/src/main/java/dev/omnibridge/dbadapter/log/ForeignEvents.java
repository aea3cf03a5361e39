// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.StreamKind;
import dev.omnibridge.runtime.event.EventHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what others publish on the catalogue's topics, tolerant of every variant of the envelope
 * and of CloudEvents headers. An event keeps its bytes and its time; its id becomes a UUID derived
 * from (source, id). It goes to a stream of the inbox, never to one of ours: nobody writes into a
 * journal through Kafka.
 */
public final class ForeignEvents {
  /** Largest body, in bytes. */
  private static final int MAX_BODY = 512 * 1024;

  private static final int MAX_TYPE = 200;
  private static final int MAX_STREAM_ID = 512;
  private static final int MAX_ID = 1024;
  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(200).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String logId;
  private final Map<String, StreamKind> kinds;

  public ForeignEvents(Catalogue catalogue, String environment, UUID logId) {
    this.logId = logId.toString();
    this.kinds =
        catalogue.streams().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    kind -> catalogue.topic(environment, kind.kind()), Function.identity()));
  }

  /** What the record is; never throws. */
  public Reading read(Incoming incoming) {
    if (incoming.header(EventHeaders.LOG_ID).equals(logId)) {
      return new Reading.Own();
    }
    try {
      return foreign(incoming);
    } catch (Fault poison) {
      return new Reading.Poison(poison);
    }
  }

  private Reading foreign(Incoming incoming) {
    byte[] value = incoming.value();
    if (value == null) {
      throw Fault.invalid("VALUE_MISSING", "The record has no value.");
    }
    if (value.length > MAX_BODY) {
      throw Fault.invalid("BODY_TOO_LARGE", "The record has more than 512 KiB.");
    }
    ByteString body = UnsafeByteOperations.unsafeWrap(value);
    JsonNode envelope = parse(body);
    StreamKind kind = kinds.get(incoming.topic());
    if (kind == null) {
      throw Fault.invalid("UNKNOWN_TOPIC", "The catalogue has no topic " + incoming.topic() + ".");
    }
    String id =
        required(
            "event_id",
            text(envelope, incoming, EventHeaders.ID, "event_id", "envelope_id", "id"),
            MAX_ID);
    String type =
        required(
            "event_type",
            text(envelope, incoming, EventHeaders.TYPE, "event_type", "type"),
            MAX_TYPE);
    String source =
        text(
            envelope,
            incoming,
            EventHeaders.SOURCE,
            "source_service",
            "source_node_id",
            "source_node",
            "source");
    var event =
        new NewRow(
            new EventKey(Ids.derived(source, id), time(envelope, incoming)),
            type,
            incoming.topic(),
            kind.retention(),
            Rows.idOrNull(text(envelope, incoming, EventHeaders.CORRELATION_ID, "correlation_id")),
            Rows.idOrNull(text(envelope, incoming, EventHeaders.CAUSATION_ID, "causation_id")),
            Rows.idOrNull(text(envelope, incoming, "", "session_id")),
            id,
            body);
    return new Reading.Foreign(stream(kind.kind(), envelope, incoming, source), event);
  }

  private static JsonNode parse(ByteString body) {
    try {
      JsonNode root = body.isValidUtf8() ? JSON.readTree(body.newInput()) : null;
      if (root != null && root.isObject()) {
        return root;
      }
    } catch (IOException notJson) {
      throw Fault.invalid("ENVELOPE_MALFORMED", "The record is not JSON.");
    }
    throw Fault.invalid("ENVELOPE_MALFORMED", "The record is not a UTF-8 JSON object.");
  }

  /** The first of these fields that has a text, else the header, else empty. */
  private static String text(
      JsonNode envelope, Incoming incoming, String header, String... fields) {
    for (String field : fields) {
      JsonNode value = envelope.path(field);
      if (value.isTextual() && !value.textValue().isEmpty()) {
        return value.textValue();
      }
    }
    return header.isEmpty() ? "" : incoming.header(header);
  }

  private static String required(String field, String value, int most) {
    if (value.isEmpty() || value.length() > most || value.indexOf('\0') >= 0) {
      throw Fault.invalid("ENVELOPE_MALFORMED", "The envelope has no usable %s.".formatted(field));
    }
    return value;
  }

  /** The event's own time, which never changes; the record's where the event has none. */
  private static OffsetDateTime time(JsonNode envelope, Incoming incoming) {
    String text =
        text(
            envelope,
            incoming,
            EventHeaders.TIME,
            "event_timestamp",
            "timestamp",
            "envelope_timestamp",
            "time");
    if (text.isEmpty()) {
      return micros(incoming.time().atOffset(ZoneOffset.UTC));
    }
    try {
      OffsetDateTime time = micros(OffsetDateTime.parse(text));
      if (time.getYear() >= 1 && time.getYear() <= 9999) {
        return time;
      }
    } catch (DateTimeException notATime) {
      throw Fault.invalid("ENVELOPE_MALFORMED", "The event's time is not an RFC 3339 time.");
    }
    throw Fault.invalid("ENVELOPE_MALFORMED", "The event's time is out of range.");
  }

  private static OffsetDateTime micros(OffsetDateTime time) {
    return time.withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
  }

  private static StreamId stream(String kind, JsonNode envelope, Incoming incoming, String source) {
    String namespace = text(envelope, incoming, "", "namespace", "tenant_id");
    String key = key(envelope, incoming);
    String id = "inbox/" + source + "/" + key;
    boolean usable = id.length() <= MAX_STREAM_ID && id.indexOf('\0') < 0;
    return new StreamId(
        kind,
        NAMESPACE.matcher(namespace).matches() ? namespace : "default",
        usable ? id : "inbox/" + Ids.derived(source, key));
  }

  private static String key(JsonNode envelope, Incoming incoming) {
    byte @Nullable [] key = incoming.key();
    return key == null
        ? text(envelope, incoming, EventHeaders.PARTITION_KEY, "partition_key")
        : new String(key, StandardCharsets.UTF_8);
  }
}
