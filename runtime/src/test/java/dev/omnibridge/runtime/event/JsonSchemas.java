// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.runtime.event.Catalogue.EventType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue as JSON Schema. Further fields are allowed: the schemas are for consumers, who are
 * tolerant.
 */
final class JsonSchemas {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final String HASH = "^[0-9a-f]{64}$";
  private static final String TRACEPARENT = "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$";

  private JsonSchemas() {}

  /** A schema as a document of its own. */
  static ObjectNode document(String title, ObjectNode schema) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("$schema", DIALECT).put("$comment", "Generated from the catalogue of events.");
    return document.put("title", title).setAll(schema);
  }

  /** The payload of a type of event. */
  static ObjectNode payload(EventType event) {
    ObjectNode schema = object(event.description());
    ArrayNode required = schema.arrayNode();
    ObjectNode properties = schema.putObject("properties");
    for (Field field : event.fields()) {
      properties.set(field.name(), field(field));
      if (field.required()) {
        required.add(field.name());
      }
    }
    schema.set("required", required);
    if (event.example() != null) {
      schema.putArray("examples").add(event.example());
    }
    return schema;
  }

  /** The envelope in its canonical form; the payload is as its type says. */
  static ObjectNode envelope() {
    ObjectNode schema = object("The OnexEnvelopeV1 in the one form that is written.");
    ObjectNode properties = schema.putObject("properties");
    text(properties, "envelope_version", "version of this form").put("const", Envelope.VERSION);
    text(properties, "event_id", "UUIDv7 of the event").put("format", "uuid");
    text(properties, "event_type", "type from the catalogue");
    text(properties, "event_version", "version of the payload's form");
    text(properties, "event_timestamp", "when it happened, UTC").put("format", "date-time");
    text(properties, "source_service", "the producing service");
    text(properties, "namespace", "the tenant");
    text(properties, "correlation_id", "shared by everything one request caused")
        .put("format", "uuid");
    text(properties, "causation_id", "the event that caused this one").put("format", "uuid");
    text(properties, "session_id", "the user's session").put("format", "uuid");
    text(properties, "partition_key", "the stream");
    text(properties, "traceparent", "W3C trace context").put("pattern", TRACEPARENT);
    text(properties, "schema_ref", "where the payload's schema is");
    text(properties, "source_node_id", "the node that produced it");
    text(properties, "source_version", "version of the producing service");
    text(properties, "source_instance", "which of several instances produced it");
    text(properties, "environment", "as the producer names it");
    text(properties, "region", "as the producer names it");
    text(properties, "signature", "over the event");
    properties.putObject("payload").put("description", "what happened");
    for (String tree : List.of("metadata", "provenance", "security_context")) {
      properties.putObject(tree).put("type", "object");
    }
    ArrayNode required = schema.putArray("required");
    List.of(
            "envelope_version",
            "event_id",
            "event_type",
            "event_version",
            "event_timestamp",
            "source_service",
            "namespace",
            "partition_key",
            "payload")
        .forEach(required::add);
    return schema;
  }

  private static ObjectNode object(String description) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "object")
        .put("description", description);
  }

  private static ObjectNode text(ObjectNode properties, String name, String description) {
    return properties.putObject(name).put("type", "string").put("description", description);
  }

  private static ObjectNode field(Field field) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    type(schema, field.type(), !field.required());
    schema.put("description", field.description());
    List<String> values = field.values();
    if (values != null) {
      ArrayNode allowed = schema.putArray("enum");
      values.forEach(allowed::add);
      if (!field.required()) {
        allowed.addNull();
      }
    }
    number(schema, "minimum", field.min());
    number(schema, "maximum", field.max());
    Field.Type items = field.items();
    if (items != null) {
      type(schema.putObject("items"), items, false);
    }
    if (field.fallback() != null) {
      schema.set("default", field.fallback());
    }
    return schema;
  }

  /** Whole numbers without a point, so that a limit reads as it was written. */
  private static void number(ObjectNode schema, String keyword, @Nullable Double limit) {
    if (limit != null && limit == Math.rint(limit)) {
      schema.put(keyword, limit.longValue());
    } else if (limit != null) {
      schema.put(keyword, limit);
    }
  }

  private static void type(ObjectNode schema, Field.Type type, boolean nullable) {
    String name =
        switch (type) {
          case ANY -> "";
          case ARRAY, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING -> type.text();
          case HASH, TIMESTAMP, UUID -> "string";
        };
    if (nullable && !name.isEmpty()) {
      schema.putArray("type").add(name).add("null");
    } else if (!name.isEmpty()) {
      schema.put("type", name);
    }
    switch (type) {
      case HASH -> schema.put("pattern", HASH);
      case TIMESTAMP -> schema.put("format", "date-time");
      case UUID -> schema.put("format", "uuid");
      default -> {}
    }
  }
}
