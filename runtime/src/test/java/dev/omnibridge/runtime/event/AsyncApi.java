// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.runtime.event.Catalogue.EventType;
import dev.omnibridge.runtime.event.Catalogue.Topic;
import java.time.Duration;
import java.util.List;

/** The catalogue as an AsyncAPI 3.0 document: a channel for each topic, a message for each type. */
final class AsyncApi {
  private static final String KAFKA_BINDING = "0.5.0";

  private final Catalogue catalogue;

  private AsyncApi(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  static ObjectNode document(Catalogue catalogue) {
    var of = new AsyncApi(catalogue);
    ObjectNode document = node();
    document.put("asyncapi", "3.0.0").put("id", "urn:dev:omnibridge:events");
    document
        .putObject("info")
        .put("title", "Omnibridge events")
        .put("version", "1.0.0")
        .put(
            "description",
            "Every event that the suite publishes on Kafka or takes into its log from there."
                + " Generated from the catalogue of events.")
        .putObject("license")
        .put("name", "Apache-2.0");
    document.put("defaultContentType", "application/json");
    document
        .putObject("servers")
        .putObject("kafka")
        .put("host", "localhost:9092")
        .put("protocol", "kafka")
        .put("description", "The broker that KAFKA_BOOTSTRAP_SERVERS names.");
    ObjectNode channels = document.putObject("channels");
    ObjectNode operations = document.putObject("operations");
    catalogue.topics().forEach(topic -> channels.set(topic.name(), of.channel(topic)));
    catalogue.topics().forEach(topic -> of.operations(topic, operations));
    document.set("components", of.components());
    return document;
  }

  private ObjectNode channel(Topic topic) {
    ObjectNode channel = node().put("address", "{environment}.omninode-bridge." + topic.name());
    channel.put("description", topic.description());
    channel.putArray("servers").add(ref("#/servers/kafka"));
    ObjectNode messages = channel.putObject("messages");
    for (EventType event : events(topic)) {
      messages.set(event.type(), ref("#/components/messages/" + event.type()));
    }
    channel.putObject("parameters").set("environment", ref("#/components/parameters/environment"));
    ObjectNode kafka = channel.putObject("bindings").putObject("kafka");
    kafka.put("partitions", topic.partitions());
    ObjectNode configuration = kafka.putObject("topicConfiguration");
    configuration.putArray("cleanup.policy").add(topic.cleanup());
    configuration.put("retention.ms", Duration.ofDays(topic.retentionDays()).toMillis());
    kafka.put("bindingVersion", KAFKA_BINDING);
    return channel;
  }

  private List<EventType> events(Topic topic) {
    return catalogue.events().stream()
        .filter(event -> catalogue.topicOf(event).equals(topic))
        .toList();
  }

  private void operations(Topic topic, ObjectNode operations) {
    List<EventType> own =
        events(topic).stream()
            .filter(event -> !event.producer().equals(Catalogue.EXTERNAL))
            .toList();
    if (!own.isEmpty()) {
      operations.set("publish." + topic.name(), operation("send", topic, own));
    }
    operations.set("take." + topic.name(), operation("receive", topic, events(topic)));
  }

  private static ObjectNode operation(String action, Topic topic, List<EventType> events) {
    ObjectNode operation = node().put("action", action);
    operation.set("channel", ref("#/channels/" + topic.name()));
    operation.put(
        "summary",
        action.equals("send")
            ? "The suite publishes, from its log, in the order of each stream."
            : "The suite takes into its log what others publish.");
    ArrayNode messages = operation.putArray("messages");
    events.forEach(
        event -> messages.add(ref("#/channels/" + topic.name() + "/messages/" + event.type())));
    return operation;
  }

  private ObjectNode components() {
    ObjectNode components = node();
    ObjectNode messages = components.putObject("messages");
    ObjectNode schemas = components.putObject("schemas");
    schemas.set("headers", headers());
    schemas.set("envelope", JsonSchemas.envelope());
    for (EventType event : catalogue.events()) {
      messages.set(event.type(), message(event));
      schemas.set(event.type(), JsonSchemas.payload(event));
    }
    components
        .putObject("parameters")
        .putObject("environment")
        .put("description", "As OMNIBRIDGE_ENVIRONMENT says.")
        .put("default", "dev");
    return components;
  }

  private ObjectNode message(EventType event) {
    ObjectNode message = node().put("name", event.type()).put("title", event.type());
    message.put("summary", event.description()).put("contentType", "application/json");
    String description = "Published by " + event.producer() + ".";
    message.put(
        "description",
        event.known().isEmpty()
            ? description
            : description + " Known elsewhere as " + String.join(", ", event.known()) + ".");
    message.set("headers", ref("#/components/schemas/headers"));
    ArrayNode all = message.putObject("payload").putArray("allOf");
    all.add(ref("#/components/schemas/envelope"));
    ObjectNode properties = all.addObject().putObject("properties");
    properties.putObject("event_type").put("const", event.type());
    properties.set("payload", ref("#/components/schemas/" + event.type()));
    ObjectNode kafka = message.putObject("bindings").putObject("kafka");
    kafka.putObject("key").put("type", "string").put("description", key(event));
    kafka.put("bindingVersion", KAFKA_BINDING);
    return message;
  }

  private String key(EventType event) {
    return switch (catalogue.topicOf(event).key()) {
      case STREAM -> "kind, namespace and id of the stream, joined by a slash";
      case CORRELATION_ID -> "the correlation id";
      case SESSION_ID -> "the session id";
    };
  }

  /** Those of CloudEvents 1.0 in binary mode, and where the log holds the event. */
  private static ObjectNode headers() {
    ObjectNode schema = node().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    header(properties, EventHeaders.CONTENT_TYPE, "application/json");
    header(properties, EventHeaders.ID, "id of the event");
    header(properties, EventHeaders.SOURCE, "/omnibridge/ and the producing service");
    header(properties, EventHeaders.SPEC_VERSION, "1.0");
    header(properties, EventHeaders.TYPE, "type of the event");
    header(properties, EventHeaders.TIME, "when it happened");
    header(properties, EventHeaders.SUBJECT, "the stream");
    header(properties, EventHeaders.CORRELATION_ID, "shared by everything one request caused");
    header(properties, EventHeaders.CAUSATION_ID, "the event that caused this one");
    header(properties, EventHeaders.PARTITION_KEY, "the record's key");
    header(properties, EventHeaders.TRACEPARENT, "W3C trace context, where the event has one");
    header(properties, EventHeaders.LOG_ID, "the log that the event is from");
    header(properties, EventHeaders.STREAM, "kind, namespace and id of the stream");
    header(properties, EventHeaders.VERSION, "place in the stream, decimal");
    header(properties, EventHeaders.LANE, "lane of the log, decimal");
    header(properties, EventHeaders.POSITION, "place in the lane, decimal");
    return schema;
  }

  private static void header(ObjectNode properties, String name, String description) {
    properties.putObject(name).put("type", "string").put("description", description);
  }

  private static ObjectNode ref(String to) {
    return node().put("$ref", to);
  }

  private static ObjectNode node() {
    return JsonNodeFactory.instance.objectNode();
  }
}
