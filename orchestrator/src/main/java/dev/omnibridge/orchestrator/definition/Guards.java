// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.definition.Meter.BudgetExceeded;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.path.Path;

/**
 * Checks in front of the few built-in functions that could make something huge in one step, before
 * a {@link Meter} would see it: long texts against regular expressions, texts times texts, and
 * arrays that are filled up to a far index.
 */
final class Guards {
  private static final int MAX_MATCHED_TEXT = 16 * 1024;
  private static final int MAX_INDEX = 100_000;

  private Guards() {}

  static Function guarded(String signature, Function function) {
    return switch (signature) {
      case "_match_impl/3" -> before(function, in -> checkMatched(in));
      case "_sub_impl/3" -> watching(before(function, in -> checkMatched(in)), 1);
      case "join/1" -> watching(function, 0);
      case "setpath/2" -> watching(function, 0);
      default -> function;
    };
  }

  private static Function before(Function function, Consumer<JsonNode> check) {
    return (scope, arguments, in, path, output, version) -> {
      check.accept(in);
      function.apply(scope, arguments, in, path, output, version);
    };
  }

  private static Function watching(Function function, int position) {
    return (scope, arguments, in, path, output, version) -> {
      List<Expression> watched = new ArrayList<>(arguments);
      watched.set(position, new Watched(arguments.get(position), value -> check(in, value)));
      function.apply(scope, watched, in, path, output, version);
    };
  }

  private static void checkMatched(JsonNode in) {
    if (in.isTextual() && in.textValue().length() > MAX_MATCHED_TEXT) {
      throw new BudgetExceeded(
          "matches a text of more than %,d characters".formatted(MAX_MATCHED_TEXT));
    }
  }

  /** A separator or replacement counts once per place it may go to; a path has indexes. */
  private static void check(JsonNode in, JsonNode argument) {
    if (argument.isTextual()) {
      long places = in.isTextual() ? in.textValue().length() + 1L : in.size();
      checkLength(places * argument.textValue().length());
    }
    for (JsonNode index : argument) {
      checkIndex(index);
    }
  }

  static void checkIndex(JsonNode index) {
    if (index.isNumber() && index.doubleValue() > MAX_INDEX) {
      throw new BudgetExceeded("uses an index greater than %,d".formatted(MAX_INDEX));
    }
  }

  static void checkRepetition(JsonNode left, JsonNode right) {
    if (left.isTextual() && right.isNumber()) {
      checkLength((long) (left.textValue().length() * right.doubleValue()));
    } else if (right.isTextual() && left.isNumber()) {
      checkRepetition(right, left);
    }
  }

  private static void checkLength(long length) {
    if (length > Meter.MAX_SIZE) {
      throw new BudgetExceeded(
          "makes a value of more than %,d characters".formatted(Meter.MAX_SIZE));
    }
  }

  /** An argument whose values are checked on their way into a function. */
  private record Watched(Expression argument, Consumer<JsonNode> check) implements Expression {
    @Override
    public void apply(Scope scope, JsonNode in, Path path, PathOutput output, boolean requirePath)
        throws JsonQueryException {
      PathOutput checked =
          (value, at) -> {
            check.accept(value);
            output.emit(value, at);
          };
      argument.apply(scope, in, path, checked, requirePath);
    }
  }
}
