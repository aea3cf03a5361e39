// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.Bindings;
import dev.omnibridge.orchestrator.definition.DataSchema;
import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.Expression;
import dev.omnibridge.orchestrator.definition.ExpressionFailure;
import dev.omnibridge.orchestrator.definition.Head;
import dev.omnibridge.orchestrator.definition.Meter;
import dev.omnibridge.orchestrator.definition.Shape;
import dev.omnibridge.orchestrator.definition.Task;
import dev.omnibridge.orchestrator.definition.Template;
import dev.omnibridge.orchestrator.definition.Values;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Evaluates what stands in a definition for one run: with its variables, and with its limits. */
final class Evaluator {
  private static final ObjectNode RUNTIME = runtime();

  private final Definition definition;
  private final Run run;
  private final Instant at;
  private final Limits limits;
  private final Meter meter = new Meter();

  Evaluator(Definition definition, Run run, Instant at, Limits limits) {
    this.definition = definition;
    this.run = run;
    this.at = at;
    this.limits = limits;
  }

  /**
   * Where something is evaluated: which task (null for the workflow itself), inside which frames.
   */
  record Site(@Nullable Head head, List<Frame> frames, JsonNode context, JsonNode input) {
    String pointer() {
      return head == null ? "" : head.pointer();
    }

    Site given(JsonNode newInput) {
      return new Site(head, frames, context, newInput);
    }
  }

  boolean holds(Expression condition, JsonNode value, Site site) throws Raised {
    return Values.truthy(evaluate(condition, value, site));
  }

  JsonNode evaluate(Expression expression, JsonNode value, Site site) throws Raised {
    return fill(new Template.Computed(expression), value, site, value);
  }

  JsonNode fill(Template template, JsonNode value, Site site) throws Raised {
    return fill(template, value, site, value);
  }

  private JsonNode fill(Template template, JsonNode value, Site site, JsonNode output)
      throws Raised {
    try {
      JsonNode filled = template.fill(value, new Bindings(variables(site, output), meter));
      return filled == value ? value : small(filled, site.pointer());
    } catch (ExpressionFailure e) {
      throw Raised.of(e, site.pointer());
    }
  }

  /** Data on its way in is checked first, then transformed. */
  JsonNode in(Shape shape, JsonNode raw, Site site) throws Raised {
    check(shape.schema(), raw, site.pointer());
    return shape.transform() == null ? raw : fill(shape.transform(), raw, site);
  }

  /** Data on its way out is transformed first, then checked. */
  JsonNode out(Shape shape, JsonNode raw, Site site) throws Raised {
    JsonNode transformed = shape.transform() == null ? raw : fill(shape.transform(), raw, site);
    check(shape.schema(), transformed, site.pointer());
    return transformed;
  }

  private void check(@Nullable DataSchema schema, JsonNode value, String pointer) throws Raised {
    String violation = schema == null ? null : schema.violation(value, meter);
    if (violation != null) {
      throw Raised.of(WorkflowError.Kind.VALIDATION, violation, pointer);
    }
  }

  /** The value itself, if it is not too large to be kept. */
  JsonNode small(JsonNode value, String pointer) throws Raised {
    if (Values.length(value, limits.maxValue()) > limits.maxValue()) {
      String detail =
          "A value is larger than %,d bytes or nested too deep".formatted(limits.maxValue());
      throw Raised.of(WorkflowError.Kind.RUNTIME, detail, pointer);
    }
    return value;
  }

  private Map<String, Supplier<JsonNode>> variables(Site site, JsonNode output) {
    Map<String, Supplier<JsonNode>> variables = new HashMap<>();
    variables.put("context", site::context);
    variables.put("input", site::input);
    variables.put("output", () -> output);
    variables.put("runtime", () -> RUNTIME);
    variables.put("workflow", this::workflow);
    variables.put("task", () -> task(site));
    for (Frame frame : site.frames) {
      addVariables(frame, variables);
    }
    return variables;
  }

  private void addVariables(Frame frame, Map<String, Supplier<JsonNode>> variables) {
    switch (frame.entry()) {
      case Frame.Entry.Loop loop -> {
        Task.For task = (Task.For) definition.owner(loop.block());
        int round = frame.cursor().round();
        variables.put(task.each(), () -> loop.items().get(round));
        variables.put(task.at(), () -> IntNode.valueOf(round));
      }
      case Frame.Entry.Handler handler -> {
        Task.Try task = (Task.Try) definition.owner(handler.block());
        variables.put(task.handler().as(), () -> handler.error().toJson());
      }
      case Frame.Entry.Sequence _, Frame.Entry.Attempt _ -> {}
    }
  }

  private JsonNode workflow() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", run.id().value());
    node.set("definition", definition.source());
    node.set("input", run.input());
    node.set("startedAt", time(run.startedAt()));
    return node;
  }

  private JsonNode task(Site site) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (site.head != null) {
      node.put("name", site.head.name());
      node.put("reference", site.head.pointer());
      node.set("definition", site.head.source());
    }
    node.set("input", site.input);
    node.set("startedAt", time(at));
    return node;
  }

  private static JsonNode time(Instant instant) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("iso8601", instant.toString());
    node.putObject("epoch")
        .put("seconds", instant.getEpochSecond())
        .put("milliseconds", instant.toEpochMilli());
    return node;
  }

  private static ObjectNode runtime() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", "omnibridge");
    node.put("version", "1.0.0");
    node.putObject("metadata");
    return node;
  }
}
