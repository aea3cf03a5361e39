// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Messages as JSON for scripts: protobuf's JSON names and times, but whole numbers are numbers,
 * enum values lose the prefix of their type, every field that has a value or a default is there,
 * and the texts and bytes that hold JSON are shown as JSON.
 */
public final class ProtoJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Set<String> JSON_INSIDE =
      Set.of(
          "omnibridge.event.v1.RecordedEvent.body",
          "omnibridge.stamping.v1.Stamp.metadata",
          "omnibridge.workflow.v1.Workflow.output");

  private ProtoJson() {}

  /** A message as a JSON object. */
  public static ObjectNode of(Message message) {
    ObjectNode object = NODES.objectNode();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isMapField()) {
        object.set(field.getJsonName(), map(field, (List<?>) message.getField(field)));
      } else if (field.isRepeated()) {
        var array = object.putArray(field.getJsonName());
        ((List<?>) message.getField(field)).forEach(item -> array.add(value(field, item)));
      } else if (!field.hasPresence() || message.hasField(field)) {
        object.set(field.getJsonName(), value(field, message.getField(field)));
      }
    }
    return object;
  }

  private static ObjectNode map(FieldDescriptor field, List<?> entries) {
    var keys = field.getMessageType().findFieldByName("key");
    var values = field.getMessageType().findFieldByName("value");
    ObjectNode object = NODES.objectNode();
    for (Object entry : entries) {
      var message = (Message) entry;
      object.set(String.valueOf(message.getField(keys)), value(values, message.getField(values)));
    }
    return object;
  }

  private static JsonNode value(FieldDescriptor field, Object value) {
    return switch (value) {
      case Timestamp time -> NODES.textNode(Timestamps.toString(time));
      case Duration span -> NODES.textNode(Durations.toString(span));
      case Message message -> of(message);
      case EnumValueDescriptor constant -> NODES.textNode(shortName(constant));
      case ByteString bytes ->
          JSON_INSIDE.contains(field.getFullName())
              ? parsed(bytes.toStringUtf8())
              : NODES.textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case String text ->
          JSON_INSIDE.contains(field.getFullName()) ? parsed(text) : NODES.textNode(text);
      case Boolean flag -> NODES.booleanNode(flag);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case Float number -> NODES.numberNode(number);
      default -> NODES.textNode(value.toString());
    };
  }

  /** An enum value without the prefix that repeats its type: COMPLETED, not WORKFLOW_STATE_... */
  public static String shortName(EnumValueDescriptor constant) {
    String prefix = constant.getType().getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2") + "_";
    String upper = prefix.toUpperCase(Locale.ROOT);
    String name = constant.getName();
    return name.startsWith(upper) ? name.substring(upper.length()) : name;
  }

  private static JsonNode parsed(String text) {
    if (text.isEmpty()) {
      return NODES.nullNode();
    }
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException notJson) {
      return NODES.textNode(text);
    }
  }
}
