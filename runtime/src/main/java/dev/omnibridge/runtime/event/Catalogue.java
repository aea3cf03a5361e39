// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.runtime.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The catalogue of events, read from data: every type with its stream, topic, producer and fields.
 * Producers are strict against it, consumers tolerant.
 */
public final class Catalogue {
  private static final String RESOURCE = "catalogue.json";

  private final Map<String, StreamKind> streams;
  private final Map<String, EventType> events;

  private Catalogue(Document document) {
    this.streams = byName(document.streams(), StreamKind::kind);
    this.events = byName(document.events(), EventType::type);
    for (EventType event : events.values()) {
      if (!streams.containsKey(event.stream())) {
        throw new IllegalStateException(event.type() + " is of no known stream: " + event.stream());
      }
    }
  }

  /** A kind of stream: all its events go to one topic. */
  public record StreamKind(
      String kind, String topic, int partitions, String retention, String description) {}

  /** A type of event. */
  public record EventType(
      String type, String stream, String producer, String description, List<Field> fields) {}

  /** A field of an event's payload. */
  public record Field(String name, String type, boolean required, String description) {}

  private record Document(List<StreamKind> streams, List<EventType> events) {
    @JsonCreator
    Document {}
  }

  /** Reads the catalogue that ships with the suite. */
  public static Catalogue load() {
    try (InputStream resource =
        Objects.requireNonNull(Catalogue.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new Catalogue(new ObjectMapper().readValue(resource, Document.class));
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /** All kinds of streams. */
  public Collection<StreamKind> streams() {
    return streams.values();
  }

  /** All types of events. */
  public Collection<EventType> events() {
    return events.values();
  }

  /** A kind of stream; INVALID (UNKNOWN_STREAM_KIND) when there is no such kind. */
  public StreamKind stream(String kind) {
    StreamKind found = streams.get(kind);
    if (found == null) {
      throw Fault.invalid("UNKNOWN_STREAM_KIND", "There is no stream kind " + kind + ".")
          .with("kind", kind);
    }
    return found;
  }

  /** A type of event; empty when the catalogue does not list it. */
  public Optional<EventType> find(String type) {
    return Optional.ofNullable(events.get(type));
  }

  /** A type of event; INVALID (UNKNOWN_EVENT_TYPE) when the catalogue does not list it. */
  public EventType event(String type) {
    return find(type)
        .orElseThrow(() ->
            Fault.invalid("UNKNOWN_EVENT_TYPE", "The catalogue lists no event type " + type + ".")
                .with("type", type));
  }

  /** The full name of a stream kind's topic in an environment. */
  public String topic(String environment, String kind) {
    return environment + ".omninode-bridge." + stream(kind).topic();
  }

  /** What a payload lacks to be of its type, one sentence each; empty when it conforms. */
  public List<String> problems(String type, JsonNode payload) {
    return event(type).fields().stream()
        .filter(field -> !conforms(field, payload.get(field.name())))
        .map(field -> "%s needs %s (%s)".formatted(type, field.name(), field.type()))
        .toList();
  }

  private static boolean conforms(Field field, @org.jspecify.annotations.Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return !field.required() || (value != null && field.type().equals("any"));
    }
    return switch (field.type()) {
      case "string", "state", "timestamp" -> value.isTextual();
      case "uuid" -> value.isTextual() && value.textValue().length() == 36;
      case "hash" -> value.isTextual() && value.textValue().matches("[0-9a-f]{64}");
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "object" -> value.isObject();
      case "any" -> true;
      default ->
          throw new IllegalStateException("The catalogue knows no field type " + field.type());
    };
  }

  private static <V> Map<String, V> byName(List<V> values, Function<V, String> name) {
    return values.stream().collect(Collectors.toUnmodifiableMap(name, Function.identity()));
  }
}
