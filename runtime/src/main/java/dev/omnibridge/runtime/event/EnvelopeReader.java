// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Attribute.Alias;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one reader of envelopes: all variants of the OnexEnvelopeV1 and of CloudEvents 1.0, binary
 * and structured, with unknown fields. It takes one record: first its headers, then its value, of
 * which it makes no tree. What is no UTF-8 JSON object, or has no usable id, type or time, is
 * INVALID (ENVELOPE_MALFORMED).
 *
 * <p>Where a record says a thing twice, the CloudEvents attributes of a record that is one count
 * first, then the envelope's own names in the order of {@link Attribute}, then what is left.
 */
public final class EnvelopeReader {
  static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(200)
                      .maxStringLength(4 * 1024 * 1024)
                      .build())
              .build());

  private static final int MAX_ID = 1024;
  private static final int MAX_TYPE = 200;
  private static final int UUID_LENGTH = 36;
  private static final int ATTRIBUTES = Attribute.values().length;
  private static final byte UNSAID = Byte.MAX_VALUE;

  /** Rank of a header of a record that is no CloudEvent: it fills in. */
  private static final byte SPARE = UNSAID - 1;

  private static final Set<String> TREES =
      Set.of("payload", "data", "data_base64", "metadata", "provenance", "security_context");

  private final @Nullable String[] said = new @Nullable String[ATTRIBUTES];
  private final byte[] ranks = new byte[ATTRIBUTES];
  private boolean structured;
  private boolean binary;

  public EnvelopeReader() {
    Arrays.fill(ranks, UNSAID);
  }

  /** Takes a header of the record; of several with one name the last counts. */
  public void header(String name, byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    Attribute attribute = Attribute.inHeader(name);
    if (attribute != null) {
      // The trace context is the record's own, whatever its body tells of another.
      byte rank = attribute == Attribute.TRACEPARENT ? 0 : SPARE;
      say(attribute, rank, new String(value, StandardCharsets.UTF_8));
    } else if (name.equals(EventHeaders.CONTENT_TYPE)) {
      String expected = EventHeaders.STRUCTURED_TYPE;
      String type = new String(value, StandardCharsets.UTF_8);
      structured = type.regionMatches(true, 0, expected, 0, expected.length());
    }
  }

  /** What the record says about its event; the time may be absent. */
  public EnvelopeHead head(byte[] value) {
    read(value, null);
    return head();
  }

  /**
   * The whole event.
   *
   * @param otherwise its time where it has none itself; without either it is malformed
   */
  public Envelope envelope(byte[] value, @Nullable Instant otherwise) {
    var trees = new HashMap<String, JsonNode>();
    read(value, trees);
    EnvelopeHead head = head();
    Instant time = head.time() == null ? otherwise : head.time();
    if (time == null) {
      throw malformed("event_timestamp is missing");
    }
    return Envelope.of(head, time, this::text, payload(value, trees), trees);
  }

  /** The trace context of an event of ours, which has it in front of the payload; empty if none. */
  public static String traceparent(byte[] own) {
    try (JsonParser in = JSON.getFactory().createParser(own)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      for (String name = in.nextFieldName();
          name != null && !name.equals("payload");
          name = in.nextFieldName()) {
        JsonToken value = in.nextToken();
        if (value == JsonToken.VALUE_STRING && name.equals("traceparent")) {
          return in.getText();
        }
        in.skipChildren();
      }
      return "";
    } catch (IOException notOurs) {
      return "";
    }
  }

  private void read(byte[] value, @Nullable Map<String, JsonNode> trees) {
    binary = !structured && isSaid(Attribute.ID) && isSaid(Attribute.TYPE);
    if (binary) {
      for (int at = 0; at < ATTRIBUTES; at++) {
        ranks[at] = said[at] == null ? UNSAID : 0;
      }
    }
    if (!UnsafeByteOperations.unsafeWrap(value).isValidUtf8()) {
      throw malformed("it is not UTF-8");
    }
    try (JsonParser in = JSON.getFactory().createParser(value)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("it is not a JSON object");
      }
      fields(in, trees);
      if (in.nextToken() != null) {
        throw malformed("something follows it");
      }
    } catch (IOException notJson) {
      throw malformed("it is not JSON");
    }
  }

  private void fields(JsonParser in, @Nullable Map<String, JsonNode> trees) throws IOException {
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken value = in.nextToken();
      if (trees != null && TREES.contains(name)) {
        trees.put(name, in.readValueAsTree());
      } else if (value == JsonToken.VALUE_STRING) {
        List<Alias> meanings = Attribute.inBody(name);
        for (int at = 0; at < meanings.size(); at++) {
          say(meanings.get(at), in);
        }
      } else {
        in.skipChildren();
      }
    }
  }

  private void say(Alias alias, JsonParser in) throws IOException {
    byte rank = structured && alias.cloudEvents() ? 0 : alias.rank();
    if (rank <= ranks[alias.attribute().ordinal()]) {
      say(alias.attribute(), rank, in.getText());
    }
  }

  private void say(Attribute attribute, byte rank, String text) {
    if (!text.isEmpty()) {
      said[attribute.ordinal()] = text;
      ranks[attribute.ordinal()] = rank;
    }
  }

  private boolean isSaid(Attribute attribute) {
    return said[attribute.ordinal()] != null;
  }

  private String text(Attribute attribute) {
    String text = said[attribute.ordinal()];
    return text == null ? "" : text;
  }

  private EnvelopeHead head() {
    return new EnvelopeHead(
        required(Attribute.ID, "event_id", MAX_ID),
        required(Attribute.TYPE, "event_type", MAX_TYPE),
        time(),
        text(Attribute.SOURCE),
        text(Attribute.NAMESPACE),
        text(Attribute.SUBJECT),
        uuid(text(Attribute.CORRELATION_ID)),
        uuid(text(Attribute.CAUSATION_ID)),
        uuid(text(Attribute.SESSION_ID)),
        text(Attribute.PARTITION_KEY),
        trace());
  }

  private String required(Attribute attribute, String name, int most) {
    String text = text(attribute);
    if (text.isEmpty() || text.length() > most || text.indexOf('\0') >= 0) {
      throw malformed("it has no usable " + name);
    }
    return text;
  }

  /** In binary mode the body is the user's own: what looks like a time there need not be one. */
  private @Nullable Instant time() {
    String text = text(Attribute.TIME);
    Instant time = text.isEmpty() ? null : Rfc3339.parse(text);
    boolean usersOwn = binary && ranks[Attribute.TIME.ordinal()] > 0;
    if (time == null && !text.isEmpty() && !usersOwn) {
      throw malformed("its time is no RFC 3339 time of the years 1 to 9999");
    }
    return time;
  }

  private String trace() {
    String whole = TraceParent.valid(text(Attribute.TRACEPARENT));
    return whole.isEmpty()
        ? TraceParent.of(text(Attribute.TRACE_ID), text(Attribute.SPAN_ID))
        : whole;
  }

  private JsonNode payload(byte[] value, Map<String, JsonNode> trees) {
    for (String name : List.of("payload", "data", "data_base64")) {
      JsonNode found = trees.get(name);
      if (found != null) {
        return found;
      }
    }
    try {
      return binary ? JSON.readTree(value) : JSON.createObjectNode();
    } catch (IOException readBefore) {
      throw malformed("it is not JSON");
    }
  }

  /** The UUID in a text, which has to be as long as one; null when it is none. */
  static @Nullable UUID uuid(String text) {
    if (text.length() != UUID_LENGTH) {
      return null;
    }
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException notAUuid) {
      return null;
    }
  }

  private static Fault malformed(String why) {
    return Fault.invalid("ENVELOPE_MALFORMED", "The event's envelope cannot be read: " + why + ".");
  }
}
