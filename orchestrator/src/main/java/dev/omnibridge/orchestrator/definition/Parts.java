// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.jspecify.annotations.Nullable;

/** Reads what the tasks of one definition are made of: expressions, templates, shapes, retries. */
final class Parts {
  /** The variables that every expression may read. */
  static final Set<String> NAMES =
      Set.of("context", "input", "output", "task", "workflow", "runtime");

  private static final Pattern WRAPPED = Pattern.compile("\\s*\\$\\{(.+)\\}\\s*", Pattern.DOTALL);

  private final JsonNode use;
  private final DslSchema schema;
  private final JqEngine jq;
  private final Problems problems;

  Parts(ObjectNode root, DslSchema schema, JqEngine jq, Problems problems) {
    this.use = root.path("use");
    this.schema = schema;
    this.jq = jq;
    this.problems = problems;
  }

  static Set<String> with(Set<String> names, String... more) {
    Set<String> all = new TreeSet<>(names);
    all.addAll(List.of(more));
    return all;
  }

  /** The expression at a field where the DSL expects one, with or without ${ }; null if absent. */
  @Nullable Expression expression(JsonNode owner, String pointer, String field, Set<String> names) {
    JsonNode node = owner.path(field);
    return node.isTextual() ? expression(node.asText(), pointer + "/" + field, names) : null;
  }

  private @Nullable Expression expression(String text, String pointer, Set<String> names) {
    Matcher wrapped = WRAPPED.matcher(text);
    String source = (wrapped.matches() ? wrapped.group(1) : text).strip();
    try {
      return new Expression(pointer, source, jq.compile(source, names));
    } catch (JsonQueryException e) {
      problems.add(pointer, "is not a jq expression that can be run: " + e.getMessage());
      return null;
    }
  }

  /** A value in which texts of the form ${ } are expressions. */
  Template template(JsonNode node, String pointer, Set<String> names) {
    if (node.isTextual() && WRAPPED.matcher(node.asText()).matches()) {
      Expression expression = expression(node.asText(), pointer, names);
      return expression == null
          ? new Template.Literal(NullNode.instance)
          : new Template.Computed(expression);
    }
    if (node.isObject()) {
      Map<String, Template> fields = new LinkedHashMap<>();
      for (var field : node.properties()) {
        String at = pointer + "/" + SourceText.escape(field.getKey());
        fields.put(field.getKey(), template(field.getValue(), at, names));
      }
      return literal(fields.values()) ? new Template.Literal(node) : new Template.Fields(fields);
    }
    if (node.isArray()) {
      List<Template> items = new ArrayList<>();
      for (JsonNode item : node) {
        items.add(template(item, pointer + "/" + items.size(), names));
      }
      return literal(items) ? new Template.Literal(node) : new Template.Items(items);
    }
    return new Template.Literal(node);
  }

  private static boolean literal(Iterable<Template> parts) {
    for (Template part : parts) {
      if (!(part instanceof Template.Literal)) {
        return false;
      }
    }
    return true;
  }

  /** An input, output or export rule: a schema, and a transformation under the given name. */
  Shape shape(JsonNode owner, String pointer, String field, String transform, Set<String> names) {
    JsonNode node = owner.path(field);
    if (!node.isObject()) {
      return Shape.NONE;
    }
    String at = pointer + "/" + field;
    JsonNode value = node.path(transform);
    Template template = null;
    if (value.isTextual()) {
      Expression expression = expression(value.asText(), at + "/" + transform, names);
      template = expression == null ? null : new Template.Computed(expression);
    } else if (!value.isMissingNode()) {
      template = template(value, at + "/" + transform, names);
    }
    return new Shape(schema(node.path("schema"), at + "/schema"), template);
  }

  private @Nullable DataSchema schema(JsonNode node, String pointer) {
    if (node.isMissingNode()) {
      return null;
    }
    if (!node.has("document") || !node.path("format").asText("json").startsWith("json")) {
      problems.notSupported(pointer, "a schema that is not inline JSON Schema");
      return null;
    }
    JsonNode document = node.path("document");
    if (refersOutside(document)) {
      problems.notSupported(pointer + "/document", "a schema that refers to another document");
      return null;
    }
    try {
      return schema.compile(document);
    } catch (RuntimeException e) {
      problems.add(pointer + "/document", "is not a JSON Schema: " + e.getMessage());
      return null;
    }
  }

  /**
   * The validator would go and fetch what a schema refers to; nothing in a definition may do that.
   */
  private static boolean refersOutside(JsonNode node) {
    for (var field : node.properties()) {
      boolean reference =
          Set.of("$ref", "$dynamicRef", "$recursiveRef", "$schema", "$id").contains(field.getKey());
      String target = field.getValue().asText();
      boolean inside =
          target.startsWith("#")
              || target.startsWith("https://json-schema.org/draft/2020-12/schema");
      if (reference && field.getValue().isTextual() && !inside) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (refersOutside(child)) {
        return true;
      }
    }
    return false;
  }

  /** A timeout, written out or by its name in use.timeouts. */
  @Nullable Duration timeout(JsonNode node, String pointer) {
    if (node.isMissingNode()) {
      return null;
    }
    JsonNode timeout = resolve(node, pointer, "timeouts");
    if (timeout == null) {
      return null;
    }
    Duration after = Durations.read(timeout.path("after"), pointer + "/after", problems);
    if (after != null && after.isZero()) {
      problems.add(pointer + "/after", "a timeout is longer than nothing");
    }
    return after;
  }

  /** What a name in a part of use stands for, or the value itself when it is no name. */
  @Nullable JsonNode resolve(JsonNode node, String pointer, String part) {
    if (!node.isTextual()) {
      return node;
    }
    JsonNode found = use.path(part).path(node.asText());
    if (found.isMissingNode()) {
      problems.add(pointer, "there is no '%s' in use.%s".formatted(node.asText(), part));
      return null;
    }
    return found;
  }

  /** A retry policy, written out or by its name in use.retries. */
  @Nullable RetryPolicy retry(JsonNode node, String pointer, Set<String> names) {
    JsonNode policy = node.isMissingNode() ? null : resolve(node, pointer, "retries");
    if (policy == null) {
      return null;
    }
    JsonNode limit = policy.path("limit");
    if (limit.path("attempt").has("duration")) {
      problems.notSupported(
          pointer + "/limit/attempt/duration", "a limit on the time of an attempt");
    }
    Integer count =
        limit.path("attempt").has("count") ? limit.path("attempt").path("count").asInt() : null;
    return new RetryPolicy(
        expression(policy, pointer, "when", names),
        expression(policy, pointer, "exceptWhen", names),
        duration(policy.path("delay"), pointer + "/delay"),
        backoff(policy.path("backoff")),
        duration(policy.path("jitter").path("from"), pointer + "/jitter/from"),
        duration(policy.path("jitter").path("to"), pointer + "/jitter/to"),
        count,
        limit.has("duration")
            ? duration(limit.path("duration"), pointer + "/limit/duration")
            : null);
  }

  private static Backoff backoff(JsonNode node) {
    return node.has("exponential")
        ? Backoff.EXPONENTIAL
        : node.has("linear") ? Backoff.LINEAR : Backoff.CONSTANT;
  }

  private Duration duration(JsonNode node, String pointer) {
    Duration read = node.isMissingNode() ? null : Durations.read(node, pointer, problems);
    return read == null ? Duration.ZERO : read;
  }
}
