// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/** One jq expression of a definition, compiled at submission; a pure function of its arguments. */
public final class Expression {
  private final String pointer;
  private final String source;
  private final JqEngine.Program program;

  Expression(String pointer, String source, JqEngine.Program program) {
    this.pointer = pointer;
    this.source = source;
    this.program = program;
  }

  /** The value for an input and some variables. */
  public JsonNode evaluate(JsonNode input, Bindings bindings) throws ExpressionFailure {
    try {
      return program.run(input, bindings);
    } catch (JsonQueryException e) {
      throw new ExpressionFailure(pointer, "%s: %s".formatted(source, e.getMessage()));
    }
  }

  public String pointer() {
    return pointer;
  }

  @Override
  public String toString() {
    return source;
  }
}
