// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tasks of one definition, list by list, and remembers every list and task by pointer.
 */
final class TaskReader {
  private static final Set<String> NOT_SUPPORTED = Set.of("fork", "listen", "run", "wait");

  final Map<String, Block> blocks = new HashMap<>();
  final Map<String, Task> owners = new HashMap<>();
  final Map<String, Task> tasks = new HashMap<>();
  final Set<String> functions = new HashSet<>();

  private final Parts parts;
  private final DslSchema schema;
  private final Problems problems;

  TaskReader(Parts parts, DslSchema schema, Problems problems) {
    this.parts = parts;
    this.schema = schema;
    this.problems = problems;
  }

  /** A list of tasks; names are the variables that the expressions in it may read. */
  Block block(JsonNode list, String pointer, Set<String> variables) {
    List<String> names =
        StreamSupport.stream(list.spliterator(), false)
            .map(entry -> entry.size() == 1 ? entry.fieldNames().next() : "")
            .toList();
    List<Task> read = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String at = pointer + "/" + i;
      String name = names.get(i);
      if (name.isEmpty()) {
        problems.add(at, "is not one task under one name");
      } else if (names.indexOf(name) < i) {
        problems.add(at, "there are two tasks named '%s' in this list".formatted(name));
      } else {
        Spot place = new Spot(name, at + "/" + SourceText.escape(name), names, variables);
        Task task = task(list.get(i).get(name), place);
        if (task != null) {
          read.add(task);
          tasks.put(place.pointer, task);
        }
      }
    }
    Block block = new Block(pointer, List.copyOf(read));
    blocks.put(pointer, block);
    return block;
  }

  /** Where a task stands: its name and pointer, its neighbours, and the variables it may read. */
  private record Spot(String name, String pointer, List<String> siblings, Set<String> variables) {
    String at(String field) {
      return pointer + "/" + field;
    }
  }

  private @Nullable Task task(JsonNode node, Spot place) {
    String kind = DslSchema.KINDS.stream().filter(node::has).findFirst().orElse("");
    if (kind.isEmpty() || !(node instanceof ObjectNode object)) {
      problems.add(
          place.pointer, "is not a task: it has none of " + String.join(", ", DslSchema.KINDS));
      return null;
    }
    schema.checkTask(kind, object, place.pointer, problems);
    if (NOT_SUPPORTED.contains(kind)) {
      problems.notSupported(place.pointer, "a %s task".formatted(kind));
      return null;
    }
    Head head = head(object, kind, place);
    @Nullable Task task =
        switch (kind) {
          case "call" -> call(object, head, place);
          case "set" ->
              new Task.Set(head, parts.template(node.get("set"), place.at("set"), place.variables));
          case "switch" -> new Task.Switch(head, cases(node.get("switch"), place));
          case "for" -> loop(object, head, place);
          case "try" -> attempt(object, head, place);
          case "raise" -> raise(object, head, place);
          case "emit" -> emit(object, head, place);
          default -> new Task.Do(head, block(node.get("do"), place.at("do"), place.variables));
        };
    if (task != null) {
      own(task);
    }
    return task;
  }

  private void own(Task task) {
    switch (task) {
      case Task.Do t -> owners.put(t.body().pointer(), t);
      case Task.For t -> owners.put(t.body().pointer(), t);
      case Task.Try t -> {
        owners.put(t.body().pointer(), t);
        if (t.handler().body() != null) {
          owners.put(t.handler().body().pointer(), t);
        }
      }
      case Task.Set _, Task.Call _, Task.Switch _, Task.Raise _, Task.Emit _ -> {}
    }
  }

  private Head head(ObjectNode node, String kind, Spot place) {
    String pointer = place.pointer;
    if (node.has("timeout") && !kind.equals("call")) {
      problems.notSupported(place.at("timeout"), "a timeout on a %s task".formatted(kind));
    }
    return new Head(
        place.name,
        pointer,
        node,
        parts.expression(node, pointer, "if", place.variables),
        parts.shape(node, pointer, "input", "from", place.variables),
        parts.shape(node, pointer, "output", "as", place.variables),
        parts.shape(node, pointer, "export", "as", place.variables),
        kind.equals("call") ? parts.timeout(node.path("timeout"), place.at("timeout")) : null,
        flow(node.path("then"), place.at("then"), place));
  }

  private Flow flow(JsonNode node, String pointer, Spot place) {
    String target = node.asText("continue");
    return switch (node.isMissingNode() ? "continue" : target) {
      case "continue" -> new Flow.Continue();
      case "exit" -> new Flow.Exit();
      case "end" -> new Flow.End();
      default -> {
        int index = place.siblings.indexOf(target);
        if (index < 0) {
          problems.add(pointer, "there is no task '%s' in the same list".formatted(target));
        }
        yield new Flow.To(Math.max(index, 0));
      }
    };
  }

  private Task call(ObjectNode node, Head head, Spot place) {
    String function = node.path("call").asText();
    functions.add(function);
    JsonNode with = node.has("with") ? node.get("with") : JsonNodeFactory.instance.objectNode();
    return new Task.Call(head, function, parts.template(with, place.at("with"), place.variables));
  }

  private List<Task.Case> cases(JsonNode list, Spot place) {
    List<Task.Case> cases = new ArrayList<>();
    for (JsonNode entry : list) {
      for (var field : entry.properties()) {
        String at =
            place.at("switch/%d/%s".formatted(cases.size(), SourceText.escape(field.getKey())));
        Expression when = parts.expression(field.getValue(), at, "when", place.variables);
        Flow then = flow(field.getValue().path("then"), at + "/then", place);
        cases.add(new Task.Case(field.getKey(), when, then));
      }
    }
    return List.copyOf(cases);
  }

  private @Nullable Task loop(ObjectNode node, Head head, Spot place) {
    JsonNode loop = node.path("for");
    String each = variable(loop.path("each").asText("item"));
    String at = variable(loop.path("at").asText("index"));
    Set<String> inner = Parts.with(place.variables, each, at);
    Expression in = parts.expression(loop, place.at("for"), "in", place.variables);
    Expression condition = parts.expression(node, place.pointer, "while", inner);
    Block body = block(node.path("do"), place.at("do"), inner);
    return in == null ? null : new Task.For(head, each, at, in, condition, body);
  }

  private static String variable(String name) {
    return name.startsWith("$") ? name.substring(1) : name;
  }

  private Task attempt(ObjectNode node, Head head, Spot place) {
    JsonNode handler = node.path("catch");
    String as = variable(handler.path("as").asText("error"));
    Set<String> inner = Parts.with(place.variables, as);
    String at = place.at("catch");
    Block body = block(node.path("try"), place.at("try"), place.variables);
    Task.Catch caught =
        new Task.Catch(
            filter(handler.path("errors").path("with")),
            as,
            parts.expression(handler, at, "when", inner),
            parts.expression(handler, at, "exceptWhen", inner),
            parts.retry(handler.path("retry"), at + "/retry", inner),
            handler.has("do") ? block(handler.path("do"), at + "/do", inner) : null);
    return new Task.Try(head, body, caught);
  }

  private static Task.@Nullable ErrorFilter filter(JsonNode with) {
    return with.isObject()
        ? new Task.ErrorFilter(
            text(with, "type"),
            with.has("status") ? with.get("status") : null,
            text(with, "instance"),
            text(with, "title"),
            text(with, "details"))
        : null;
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.has(field) ? node.get(field).asText() : null;
  }

  private Task raise(ObjectNode node, Head head, Spot place) {
    JsonNode raised = node.path("raise").path("error");
    JsonNode error = parts.resolve(raised, place.at("raise/error"), "errors");
    JsonNode known = error == null ? JsonNodeFactory.instance.objectNode() : error;
    return new Task.Raise(head, parts.template(known, place.at("raise/error"), place.variables));
  }

  private Task emit(ObjectNode node, Head head, Spot place) {
    JsonNode event = node.path("emit").path("event").path("with");
    if (!event.isObject()) {
      problems.add(place.at("emit/event"), "'with' is missing");
    }
    return new Task.Emit(head, parts.template(event, place.at("emit/event/with"), place.variables));
  }
}
