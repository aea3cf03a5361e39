// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The text of a definition as a JSON tree that remembers where each value stood. Refuses what is
 * too large, too deep, ambiguous (a key twice) or able to multiply itself: by YAML aliases, or by a
 * long name above many values, since every value is known by its whole pointer. Keys are sorted, so
 * that two texts that mean the same are the same tree.
 */
record SourceText(JsonNode root, Map<String, Place> places) {
  static final int MAX_BYTES = 256 * 1024;
  private static final int MAX_DEPTH = 64;

  /**
   * Characters of all pointers together: twice what 100,000 numbers in one array of a task have.
   */
  private static final long MAX_POINTERS = 8L * 1024 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(limits())
          .build();
  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(limits())
          .build();

  /** Reads JSON when the text starts like JSON, otherwise (or when that fails) YAML. */
  static SourceText read(String text) {
    if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw refuse(
          "is larger than the " + MAX_BYTES / 1024 + " KiB that a definition may have", null);
    }
    if (!text.stripLeading().startsWith("{")) {
      return read(YAML, text);
    }
    try {
      return read(JSON, text);
    } catch (InvalidDefinition notJson) {
      return readFlowYaml(text, notJson);
    }
  }

  /**
   * A YAML document may start with a brace too; if it is neither, the JSON error is the clearer
   * one.
   */
  private static SourceText readFlowYaml(String text, InvalidDefinition notJson) {
    try {
      return read(YAML, text);
    } catch (InvalidDefinition notYaml) {
      throw notJson;
    }
  }

  @Nullable Place at(String pointer) {
    for (String at = pointer; ; at = at.substring(0, at.lastIndexOf('/'))) {
      Place place = places.get(at);
      if (place != null || at.isEmpty()) {
        return place;
      }
    }
  }

  private static SourceText read(JsonFactory factory, String text) {
    Places places = new Places();
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() == null) {
        throw refuse("is empty", null);
      }
      JsonNode root = value(parser, "", places);
      if (parser.nextToken() != null) {
        throw refuse("has more than one document", place(parser));
      }
      return new SourceText(root, Map.copyOf(places.known));
    } catch (JsonProcessingException e) {
      throw refuse(
          "is not readable: " + Values.saidByReader(e.getOriginalMessage()),
          place(e.getLocation()));
    } catch (IOException | ArithmeticException | IndexOutOfBoundsException e) {
      throw refuse("is not readable: " + Values.saidByReader(String.valueOf(e.getMessage())), null);
    } catch (RuntimeException e) {
      throw e instanceof InvalidDefinition known ? known : refuse("is not readable", null);
    }
  }

  /** Where each value stood, by its pointer. */
  private static final class Places {
    final Map<String, Place> known = new HashMap<>();
    private long characters;

    void add(String pointer, Place place) {
      characters += pointer.length();
      if (characters > MAX_POINTERS) {
        throw refuse(
            """
            has too many values below long names: the pointers to its values have more than %,d \
            characters together; shorten the names, or nest less\
            """
                .formatted(MAX_POINTERS),
            place);
      }
      known.put(pointer, place);
    }
  }

  private static JsonNode value(JsonParser parser, String pointer, Places places)
      throws IOException {
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw refuse("uses a YAML alias; write the value out instead", place(parser));
    }
    places.add(pointer, place(parser));
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, pointer, places);
      case START_ARRAY -> array(parser, pointer, places);
      case VALUE_STRING -> JsonNodeFactory.instance.textNode(Values.wellFormed(parser.getText()));
      case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
      case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
      case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
      default -> throw refuse("has a value of an unknown kind", place(parser));
    };
  }

  private static JsonNode object(JsonParser parser, String pointer, Places places)
      throws IOException {
    Map<String, JsonNode> fields = new TreeMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = Values.wellFormed(parser.currentName());
      String at = pointer + "/" + escape(key);
      parser.nextToken();
      if (fields.put(key, value(parser, at, places)) != null) {
        throw refuse("has two keys of which only halves of characters differ", place(parser));
      }
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.setAll(fields);
    return node;
  }

  private static JsonNode array(JsonParser parser, String pointer, Places places)
      throws IOException {
    ArrayNode node = JsonNodeFactory.instance.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      node.add(value(parser, pointer + "/" + node.size(), places));
    }
    return node;
  }

  private static JsonNode number(JsonParser parser) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (parser.getNumberType()) {
      case INT -> nodes.numberNode(parser.getIntValue());
      case LONG -> nodes.numberNode(parser.getLongValue());
      case BIG_INTEGER -> nodes.numberNode(parser.getBigIntegerValue());
      default -> {
        double value = parser.getDoubleValue();
        if (Double.isInfinite(value)) {
          throw refuse("has a number that is too large", place(parser));
        }
        yield nodes.numberNode(value);
      }
    };
  }

  static String escape(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  private static InvalidDefinition refuse(String message, @Nullable Place place) {
    return new InvalidDefinition(List.of(new Problem("", message, place)));
  }

  private static Place place(JsonParser parser) {
    JsonLocation at = parser.currentTokenLocation();
    return new Place(at.getLineNr(), at.getColumnNr());
  }

  private static @Nullable Place place(@Nullable JsonLocation at) {
    return at == null || at.getLineNr() < 1 ? null : new Place(at.getLineNr(), at.getColumnNr());
  }

  private static StreamReadConstraints limits() {
    return StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNumberLength(100).build();
  }
}
