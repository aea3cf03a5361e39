// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The schema of the DSL, applied task by task: each task is checked against the definition of its
 * own kind, without the lists inside it, whose tasks are checked in turn. That is the same check as
 * one of the whole document, but it names one cause instead of one per kind of task, and it takes a
 * time that grows with the text and not with the power of its depth.
 */
final class DslSchema {
  private static final String RESOURCE = "schema/workflow.yaml";
  private static final Set<String> COMBINING = Set.of("oneOf", "anyOf", "allOf", "not");
  private static final Map<String, String> LISTS =
      Map.of(
          "do",
          "/do",
          "for",
          "/do",
          "try",
          "/try",
          "fork",
          "/fork/branches",
          "listen",
          "/foreach/do");
  static final List<String> KINDS =
      List.of(
          "call", "fork", "emit", "for", "listen", "raise", "run", "set", "switch", "try", "wait",
          "do");

  private final SchemaRegistry registry;
  private final Schema document;
  private final Map<String, Schema> kinds = new HashMap<>();
  private final Schema function;

  DslSchema() {
    JsonNode schema = load();
    String location = schema.path("$id").asText();
    registry = registry(Map.of(location, schema.toString()));
    document = registry.getSchema(SchemaLocation.of(location));
    for (String kind : KINDS) {
      kinds.put(kind, part(location, "/$defs/" + kind + "Task"));
    }
    function = part(location, "/$defs/callTask/oneOf/" + functionCall(schema));
  }

  /** A registry that knows some schemas by their address and fetches none. */
  private static SchemaRegistry registry(Map<String, String> known) {
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        builder ->
            builder.schemaLoader(loader ->
                loader
                    .fetchRemoteResources(false)
                    .resourceLoaders(resources -> resources.resources(known))));
  }

  private static JsonNode load() {
    try (InputStream in = DslSchema.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not on the classpath");
      }
      return new ObjectMapper(new YAMLFactory()).readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Schema part(String location, String pointer) {
    return registry.getSchema(SchemaLocation.of(location + "#" + pointer));
  }

  private static int functionCall(JsonNode schema) {
    JsonNode calls = schema.at("/$defs/callTask/oneOf");
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).path("title").asText().equals("CallFunction")) {
        return i;
      }
    }
    throw new IllegalStateException("The schema of the DSL has no call of a function");
  }

  /** Checks everything but the tasks. */
  void checkDocument(ObjectNode root, Problems problems) {
    ObjectNode shallow = root.deepCopy();
    empty(shallow, "/do");
    report("", document.validate(shallow), problems);
  }

  /** Checks one task of a known kind without the tasks inside it. */
  void checkTask(String kind, ObjectNode task, String pointer, Problems problems) {
    ObjectNode shallow = task.deepCopy();
    empty(shallow, LISTS.getOrDefault(kind, "/do"));
    empty(shallow, "/catch/do");
    boolean named = kind.equals("call") && !BUILT_IN.contains(task.path("call").asText());
    Schema schema = named ? function : Objects.requireNonNull(kinds.get(kind), kind);
    report(pointer, schema.validate(shallow), problems);
  }

  private static final Set<String> BUILT_IN = Set.of("asyncapi", "grpc", "http", "openapi", "a2a");

  /** Replaces a list by an empty one, if there is a list. */
  private static void empty(ObjectNode node, String pointer) {
    JsonPointer at = JsonPointer.compile(pointer);
    if (node.at(at).isArray() && node.at(at.head()) instanceof ObjectNode parent) {
      parent.putArray(at.last().getMatchingProperty());
    }
  }

  /** Of all that failed, the deepest cause: a combination of schemas is never the cause itself. */
  private static void report(String pointer, List<Error> errors, Problems problems) {
    errors.stream()
        .filter(error -> !COMBINING.contains(error.getKeyword()) || errors.size() == 1)
        .min(
            Comparator.<Error>comparingInt(error -> -error.getInstanceLocation().getNameCount())
                .thenComparing(error -> rank(error.getKeyword())))
        .ifPresent(error -> problems.add(pointer + error.getInstanceLocation(), sentence(error)));
  }

  private static int rank(String keyword) {
    return switch (keyword) {
      case "unevaluatedProperties", "additionalProperties" -> 0;
      case "required" -> 1;
      case "type" -> 3;
      default -> 2;
    };
  }

  private static String sentence(Error error) {
    return switch (error.getKeyword()) {
      case "required" -> "'%s' is missing".formatted(error.getProperty());
      case "unevaluatedProperties", "additionalProperties" ->
          "'%s' is not known here".formatted(error.getProperty());
      default -> error.getMessage();
    };
  }

  /** A schema of the user's own; it may refer to nothing outside itself. */
  DataSchema compile(JsonNode schema) {
    return new DataSchema(registry(Map.of()).getSchema(schema));
  }
}
