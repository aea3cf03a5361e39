// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.Meter.BudgetExceeded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Output;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.JsonQueryFunction;
import org.jspecify.annotations.Nullable;

/**
 * The jq of the workflow language: every name is checked when an expression is compiled, and every
 * evaluation has a budget. Bounded: the length of an expression, the steps of an evaluation, the
 * size of every value on the way, the depth of a recursion, the length of a text that a regular
 * expression is matched against. Not available: the clock, the environment, further inputs,
 * modules; so a value depends on the input and the variables alone. Not bounded: the backtracking
 * of one regular expression on one (short) text.
 *
 * <p>Safe for use by many threads; building one takes some 100 ms, so a process keeps one.
 */
public final class JqEngine {
  static final int MAX_LENGTH = 8 * 1024;
  private static final Version JQ = Versions.JQ_1_6;
  private static final Set<String> WITHHELD =
      Set.of("now/0", "debug_scope/0", "env/0", "builtins/0");

  private final Scope builtins = Scope.newEmptyScope();
  private final Set<String> functions = new HashSet<>();

  public JqEngine() {
    Map<String, Function> all = BuiltinFunctionLoader.getInstance().listFunctions(JQ, builtins);
    all.keySet().removeAll(WITHHELD);
    all.forEach(this::add);
  }

  private void add(String signature, Function function) {
    if (function instanceof JsonQueryFunction) {
      var unused = Metered.install(function);
    }
    builtins.addFunction(signature, Guards.guarded(signature, function));
    functions.add(signature);
  }

  /** A compiled program; throws {@link JsonQueryException} with one sentence when it is no jq. */
  Program compile(String source, Set<String> variables) throws JsonQueryException {
    if (source.length() > MAX_LENGTH) {
      throw new JsonQueryException("longer than %,d characters".formatted(MAX_LENGTH));
    }
    JsonQuery query = parse(source);
    Metered.Names names = Metered.install(query);
    for (String function : names.called()) {
      if (!functions.contains(function) && !names.defined().contains(function)) {
        throw new JsonQueryException("there is no function " + function);
      }
    }
    for (String variable : names.read()) {
      if (!variables.contains(variable) && !names.bound().contains(variable)) {
        throw new JsonQueryException("there is no variable $" + variable);
      }
    }
    return new Program(query);
  }

  private static JsonQuery parse(String source) throws JsonQueryException {
    try {
      return JsonQuery.compile(source, JQ);
    } catch (JsonQueryException e) {
      throw new JsonQueryException(reason(e));
    } catch (StackOverflowError e) {
      throw new JsonQueryException("nested too deep");
    }
  }

  /** The parser's own message names line, column and token; its wrapper only repeats the source. */
  private static String reason(JsonQueryException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
    return message.isEmpty() ? "not understood" : message;
  }

  /** One compiled expression. */
  final class Program {
    private final JsonQuery query;

    private Program(JsonQuery query) {
      this.query = query;
    }

    /** The one value of the program; null when it gives none. */
    JsonNode run(JsonNode input, Bindings bindings) throws JsonQueryException {
      Scope scope = Scope.newChildScope(builtins);
      bindings.variables().forEach(scope::setValue);
      List<JsonNode> values = new ArrayList<>(1);
      @Nullable JsonQueryException failure =
          ScopedValue.where(Metered.METER, bindings.meter())
              .call(() -> apply(scope, input, values));
      if (failure != null) {
        throw failure;
      }
      return values.isEmpty() ? NullNode.instance : values.getFirst();
    }

    private @Nullable JsonQueryException apply(Scope scope, JsonNode input, List<JsonNode> values) {
      Output output =
          value -> {
            values.add(value);
            if (values.size() > 1) {
              throw new BudgetExceeded("gives more than one value; put it into [ ]");
            }
          };
      try {
        query.apply(scope, input, output);
        values.replaceAll(Values::normal);
        return null;
      } catch (JsonQueryException e) {
        return e;
      } catch (BudgetExceeded e) {
        return new JsonQueryException(e.getMessage());
      } catch (StackOverflowError e) {
        return new JsonQueryException("recurses too deep");
      } catch (RuntimeException e) {
        return new JsonQueryException(unexpected(e));
      }
    }
  }

  /** The regular expressions of jq, for one, say by unchecked exceptions what they do not take. */
  private static String unexpected(RuntimeException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
