// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.runtime.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of events, read from data: every topic, every kind of stream, and every type of
 * event with its producer and its fields. Producers are strict against it, consumers tolerant.
 */
public final class Catalogue {
  /** The producer of a type that only others publish. */
  public static final String EXTERNAL = "external";

  private static final String RESOURCE = "catalogue.json";

  private final Map<String, Topic> topics;
  private final Map<String, StreamKind> streams;
  private final Map<String, EventType> events;
  private final Map<String, StreamKind> kinds = new HashMap<>();

  private Catalogue(Document document) {
    this.topics = byName(document.topics(), Topic::name);
    this.streams = byName(document.streams(), StreamKind::kind);
    this.events = byName(document.events(), EventType::type);
    for (EventType event : events.values()) {
      StreamKind kind = known(streams, event.stream(), event.type());
      Topic topic = known(topics, topicName(event), event.type());
      if (!kind.equals(kinds.computeIfAbsent(topic.name(), _ -> kind))) {
        throw new IllegalStateException(topic.name() + " would carry two kinds of streams");
      }
    }
  }

  /**
   * A topic of Kafka, without the environment in front.
   *
   * @param retentionDays how long Kafka keeps a record
   * @param cleanup Kafka's cleanup.policy: delete or compact
   * @param compression Kafka's compression.type
   * @param key what its records are keyed by
   */
  public record Topic(
      String name,
      int partitions,
      int retentionDays,
      String cleanup,
      String compression,
      Key key,
      String description) {}

  /** What the records of a topic are keyed by. */
  public enum Key {
    /** Kind, namespace and id of the stream, joined by "/". */
    @JsonProperty("stream")
    STREAM,
    /** The correlation id, which is also the id of the stream. */
    @JsonProperty("correlation_id")
    CORRELATION_ID,
    /** The session id, which is also the id of the stream. */
    @JsonProperty("session_id")
    SESSION_ID
  }

  /**
   * A kind of stream.
   *
   * @param topic where its events go; null when each of its types names its own topic
   * @param retention class that says how long the log keeps its events
   */
  public record StreamKind(
      String kind, @Nullable String topic, String retention, String description) {}

  /**
   * A type of event.
   *
   * @param topic where it goes, when not to the topic of its stream
   * @param producer the service that publishes it, or {@link #EXTERNAL}
   * @param known what others call it, where they do
   * @param searchable fields of the payload, as paths with dots, that a query may ask for
   * @param example a payload
   */
  public record EventType(
      String type,
      String stream,
      @Nullable String topic,
      String producer,
      String description,
      List<String> known,
      List<String> searchable,
      List<Field> fields,
      @Nullable JsonNode example) {
    public EventType {
      known = known == null ? List.of() : known;
      searchable = searchable == null ? List.of() : searchable;
    }

    /** What a payload lacks to be of this type, one sentence each; empty when it conforms. */
    public List<String> problems(JsonNode payload) {
      var problems = new ArrayList<String>();
      for (Field field : fields) {
        String problem = field.problem(payload.get(field.name()));
        if (problem != null) {
          problems.add("%s: %s %s".formatted(type, field.name(), problem));
        }
      }
      payload
          .fieldNames()
          .forEachRemaining(name -> {
            if (fields.stream().noneMatch(field -> field.name().equals(name))) {
              problems.add("%s: there is no field %s".formatted(type, name));
            }
          });
      return problems;
    }
  }

  private record Document(List<Topic> topics, List<StreamKind> streams, List<EventType> events) {
    @JsonCreator
    Document {}
  }

  /** The one that ships with the suite, read when it is first asked for. */
  private static final class Shipped {
    static final Catalogue CATALOGUE = read();
  }

  /** The catalogue that ships with the suite. */
  public static Catalogue load() {
    return Shipped.CATALOGUE;
  }

  private static Catalogue read() {
    try (InputStream resource =
        Objects.requireNonNull(Catalogue.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new Catalogue(new ObjectMapper().readValue(resource, Document.class));
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /** All topics. */
  public Collection<Topic> topics() {
    return topics.values();
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
    EventType found = events.get(type);
    if (found == null) {
      throw Fault.invalid("UNKNOWN_EVENT_TYPE", "The catalogue lists no event type " + type + ".")
          .with("type", type);
    }
    return found;
  }

  /** The topic of a type of event. */
  public Topic topicOf(EventType event) {
    return known(topics, topicName(event), event.type());
  }

  /** The full name of a stream kind's topic; each kind that a service follows as one has one. */
  public String topic(String environment, String kind) {
    return fullName(
        environment, Objects.requireNonNull(stream(kind).topic(), "one topic per type: " + kind));
  }

  /** The full name of a topic in an environment. */
  public static String fullName(String environment, String topic) {
    return environment + ".omninode-bridge." + topic;
  }

  /** The full names of all topics, and the kind of stream that each belongs to. */
  public Map<String, StreamKind> topicsOf(String environment) {
    var named = new LinkedHashMap<String, StreamKind>();
    for (Topic topic : topics.values()) {
      named.put(fullName(environment, topic.name()), known(kinds, topic.name(), topic.name()));
    }
    return Collections.unmodifiableMap(named);
  }

  /** What a payload lacks to be of its type, one sentence each; empty when it conforms. */
  public List<String> problems(String type, JsonNode payload) {
    return event(type).problems(payload);
  }

  private String topicName(EventType event) {
    String own = event.topic();
    return own != null
        ? own
        : Objects.requireNonNull(stream(event.stream()).topic(), "no topic for " + event.type());
  }

  private static <V> V known(Map<String, V> values, String name, String asked) {
    V value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(asked + " names what is not there: " + name);
    }
    return value;
  }

  /** In the order of the document. */
  private static <V> Map<String, V> byName(List<V> values, Function<V, String> name) {
    var named = new LinkedHashMap<String, V>();
    for (V value : values) {
      if (named.put(name.apply(value), value) != null) {
        throw new IllegalStateException("The catalogue names twice: " + name.apply(value));
      }
    }
    return Collections.unmodifiableMap(named);
  }
}
