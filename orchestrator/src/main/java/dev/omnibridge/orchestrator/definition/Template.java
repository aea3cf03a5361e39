// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** A JSON value whose texts of the form ${ ... } are expressions. */
public sealed interface Template {

  /** The value with every expression in it replaced by what it gives. */
  JsonNode fill(JsonNode input, Bindings bindings) throws ExpressionFailure;

  /** A value without any expression in it. */
  record Literal(JsonNode value) implements Template {
    @Override
    public JsonNode fill(JsonNode input, Bindings bindings) {
      return value;
    }
  }

  /** One expression. */
  record Computed(Expression expression) implements Template {
    @Override
    public JsonNode fill(JsonNode input, Bindings bindings) throws ExpressionFailure {
      return expression.evaluate(input, bindings);
    }
  }

  /** An object with an expression somewhere in it. */
  record Fields(Map<String, Template> fields) implements Template {
    @Override
    public JsonNode fill(JsonNode input, Bindings bindings) throws ExpressionFailure {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      for (var field : fields.entrySet()) {
        node.set(field.getKey(), field.getValue().fill(input, bindings));
      }
      return node;
    }
  }

  /** An array with an expression somewhere in it. */
  record Items(List<Template> items) implements Template {
    @Override
    public JsonNode fill(JsonNode input, Bindings bindings) throws ExpressionFailure {
      ArrayNode node = JsonNodeFactory.instance.arrayNode();
      for (Template item : items) {
        node.add(item.fill(input, bindings));
      }
      return node;
    }
  }
}
