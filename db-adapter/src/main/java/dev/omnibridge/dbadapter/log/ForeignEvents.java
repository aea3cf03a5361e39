// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.StreamKind;
import dev.omnibridge.runtime.event.EnvelopeHead;
import dev.omnibridge.runtime.event.EnvelopeReader;
import dev.omnibridge.runtime.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what others publish on the catalogue's topics. An event keeps its bytes and its time; its
 * id becomes a UUID derived from (source, id). It goes to a stream of the inbox, never to one of
 * ours: nobody writes into a journal through Kafka.
 */
public final class ForeignEvents {
  /** Largest body, in bytes. */
  private static final int MAX_BODY = 512 * 1024;

  private static final int MAX_STREAM_ID = 512;
  private static final int MAX_NAMESPACE = 255;
  private static final int NANOS_PER_MICRO = 1000;

  private final String logId;
  private final Map<String, StreamKind> kinds;

  public ForeignEvents(Catalogue catalogue, String environment, UUID logId) {
    this.logId = logId.toString();
    this.kinds = catalogue.topicsOf(environment);
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
    } catch (RuntimeException unforeseen) {
      // One record must not stop the others; as a letter it waits for a better reader.
      return new Reading.Poison(
          Fault.invalid(
              "ENVELOPE_MALFORMED",
              "The event's envelope cannot be read: it led to a "
                  + unforeseen.getClass().getSimpleName()
                  + "."));
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
    StreamKind kind = kinds.get(incoming.topic());
    if (kind == null) {
      throw Fault.invalid("UNKNOWN_TOPIC", "The catalogue has no topic " + incoming.topic() + ".");
    }
    var reader = new EnvelopeReader();
    for (Outgoing.Header header : incoming.headers()) {
      reader.header(header.key(), header.value());
    }
    EnvelopeHead head = reader.head(value);
    OffsetDateTime time = time(head, incoming);
    var event =
        new NewRow(
            new EventKey(Ids.derivedAt(time.toInstant(), head.source(), head.id()), time),
            head.type(),
            incoming.topic(),
            kind.retention(),
            head.correlationId(),
            head.causationId(),
            head.sessionId(),
            head.id(),
            UnsafeByteOperations.unsafeWrap(value));
    return new Reading.Foreign(stream(kind.kind(), head, incoming), event);
  }

  /** The event's own time, which never changes; the record's where the event has none. */
  private static OffsetDateTime time(EnvelopeHead head, Incoming incoming) {
    Instant own = head.time();
    Instant time = own == null ? Redriven.recordTime(incoming) : own;
    int micros = time.getNano() / NANOS_PER_MICRO * NANOS_PER_MICRO;
    return Instant.ofEpochSecond(time.getEpochSecond(), micros).atOffset(ZoneOffset.UTC);
  }

  private static StreamId stream(String kind, EnvelopeHead head, Incoming incoming) {
    String key = key(head, incoming);
    String id = "inbox/" + head.source() + "/" + key;
    boolean usable = id.length() <= MAX_STREAM_ID && id.indexOf('\0') < 0;
    return new StreamId(
        kind,
        isNamespace(head.namespace()) ? head.namespace() : "default",
        usable ? id : "inbox/" + Ids.derived(head.source(), key));
  }

  /** As names of streams have it: a letter or digit, then letters, digits and "._-". */
  private static boolean isNamespace(String text) {
    for (int at = 0; at < text.length(); at++) {
      char letter = text.charAt(at);
      boolean plain =
          letter >= 'a' && letter <= 'z'
              || letter >= 'A' && letter <= 'Z'
              || letter >= '0' && letter <= '9';
      if (!plain && (at == 0 || letter != '.' && letter != '_' && letter != '-')) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MAX_NAMESPACE;
  }

  private static String key(EnvelopeHead head, Incoming incoming) {
    byte @Nullable [] key = incoming.key();
    return key == null ? head.partitionKey() : new String(key, StandardCharsets.UTF_8);
  }
}
