// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** JSON values in the one form that survives being written and read again. */
public final class Values {
  /** How deep a value may be nested; events add a few levels around it. */
  public static final int MAX_DEPTH = 100;

  private Values() {}

  /**
   * The same value with numbers as a JSON parser would give them: the narrowest integer, doubles
   * for the rest, and, as jq prints them, null for NaN and the largest double for infinity. Every
   * text is {@link #wellFormed}; of two fields that get the same name by that, the later counts.
   */
  public static JsonNode normal(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> object((ObjectNode) value);
      case ARRAY -> array((ArrayNode) value);
      case NUMBER -> number(value);
      case MISSING, POJO, BINARY -> NullNode.instance;
      case STRING -> text(value);
      case BOOLEAN, NULL -> value;
    };
  }

  /** The text with U+FFFD for every half of a surrogate pair, which UTF-8 cannot carry. */
  public static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(point -> Character.getType(point) == Character.SURROGATE ? 0xFFFD : point)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  private static JsonNode text(JsonNode value) {
    String text = value.textValue();
    String wellFormed = wellFormed(text);
    return wellFormed.equals(text) ? value : JsonNodeFactory.instance.textNode(wellFormed);
  }

  /** jq's idea of true: everything but null and false. */
  public static boolean truthy(JsonNode value) {
    return !value.isNull() && !(value.isBoolean() && !value.booleanValue());
  }

  /**
   * The length of the value as JSON in UTF-8, at most a little too high. Stops counting beyond the
   * limit, and counts what is nested too deep to be read again as too long.
   */
  public static long length(JsonNode value, long limit) {
    return length(value, limit, 0);
  }

  private static long length(JsonNode value, long limit, int depth) {
    if (value.isTextual()) {
      return textLength(value.textValue());
    }
    if (!value.isContainerNode()) {
      return value.isNumber() ? value.asText().length() : 5;
    }
    if (depth > MAX_DEPTH) {
      return limit + 1;
    }
    long length = 2;
    var names = value.fieldNames();
    while (names.hasNext() && length <= limit) {
      length += textLength(names.next()) + 1;
    }
    for (JsonNode child : value) {
      if (length > limit) {
        return length;
      }
      length += 1 + length(child, limit - length, depth + 1);
    }
    return length;
  }

  /**
   * The value with the fields of every object in the order of their names; equal values, equal
   * text.
   */
  public static JsonNode sorted(JsonNode value) {
    if (value.isObject()) {
      TreeMap<String, JsonNode> fields = new TreeMap<>();
      value.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      return JsonNodeFactory.instance.objectNode().setAll(fields);
    }
    if (value.isArray()) {
      ArrayNode items = JsonNodeFactory.instance.arrayNode();
      value.forEach(item -> items.add(sorted(item)));
      return items;
    }
    return value;
  }

  private static long textLength(String text) {
    long length = 2;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    return length;
  }

  private static JsonNode object(ObjectNode value) {
    ObjectNode copy = null;
    for (var field : value.properties()) {
      String name = wellFormed(field.getKey());
      JsonNode normal = normal(field.getValue());
      if (normal != field.getValue() || !name.equals(field.getKey())) {
        copy = copy == null ? shallow(value) : copy;
        if (!name.equals(field.getKey())) {
          copy.remove(field.getKey());
        }
        copy.set(name, normal);
      }
    }
    return copy == null ? value : copy;
  }

  private static ObjectNode shallow(ObjectNode value) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    copy.setAll(value);
    return copy;
  }

  private static JsonNode array(ArrayNode value) {
    ArrayNode copy = null;
    for (int i = 0; i < value.size(); i++) {
      JsonNode normal = normal(value.get(i));
      if (normal != value.get(i)) {
        copy = copy == null ? JsonNodeFactory.instance.arrayNode().addAll(value) : copy;
        copy.set(i, normal);
      }
    }
    return copy == null ? value : copy;
  }

  private static JsonNode number(JsonNode value) {
    if (value.isInt() || value.isBigInteger() && !value.canConvertToLong()) {
      return value;
    }
    if (value.isIntegralNumber()) {
      return value.canConvertToInt()
          ? JsonNodeFactory.instance.numberNode(value.intValue())
          : JsonNodeFactory.instance.numberNode(value.longValue());
    }
    double number = value.doubleValue();
    if (Double.isNaN(number)) {
      return NullNode.instance;
    }
    if (Double.isInfinite(number)) {
      return DoubleNode.valueOf(Math.copySign(Double.MAX_VALUE, number));
    }
    return value.isDouble() ? value : DoubleNode.valueOf(number);
  }

  /**
   * What a reader of JSON or YAML says, without its quotations of the text and its own way to name
   * a place.
   */
  public static String saidByReader(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(", "))
        .replaceFirst(" \\(start marker at .*", "");
  }
}
