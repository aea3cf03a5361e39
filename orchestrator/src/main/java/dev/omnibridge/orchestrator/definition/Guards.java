// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.omnibridge.orchestrator.definition.Meter.BudgetExceeded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.path.Path;

/**
 * Checks in front of the few built-in functions that could make something huge in one step, before
 * a {@link Meter} would see it: long texts against regular expressions, the captures of all matches
 * together, texts times texts, and arrays that are filled up to a far index.
 */
final class Guards {
  private static final int MAX_MATCHED_TEXT = 16 * 1024;

  /** A capture is some 450 bytes, and a match one more; twelve groups fit the longest text. */
  private static final int MAX_CAPTURES = 250_000;

  private static final int MAX_INDEX = 100_000;

  /** What is escaped, or the beginning of a group; only of one that captures as its group 1. */
  private static final Pattern GROUP =
      Pattern.compile("\\\\.|(\\((?!\\?(?!'|<[^=!])))", Pattern.DOTALL);

  private Guards() {}

  static Function guarded(String signature, Function function) {
    return switch (signature) {
      case "_match_impl/3" -> capturing(before(function, in -> checkMatched(in)), 1);
      case "_sub_impl/3" -> capturing(watching(before(function, in -> checkMatched(in)), 1), 2);
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

  /** The arguments come in an order of their own, so that each is held against those before it. */
  private static Function capturing(Function function, int flags) {
    return (scope, arguments, in, path, output, version) -> {
      JsonNode[] given = new JsonNode[arguments.size()];
      Arrays.fill(given, MissingNode.getInstance());
      List<Expression> watched = new ArrayList<>();
      for (Expression argument : arguments) {
        int position = watched.size();
        Consumer<JsonNode> check =
            value -> {
              given[position] = value;
              boolean onlyAsked = given[2].asBoolean();
              if (given[flags].asText().contains("g") && !onlyAsked) {
                checkCaptures(in.asText().length(), given[0].asText());
              }
            };
        watched.add(new Watched(argument, check));
      }
      function.apply(scope, watched, in, path, output, version);
    };
  }

  private static void checkCaptures(long length, String pattern) {
    long groups = GROUP.matcher(pattern).results().filter(found -> found.group(1) != null).count();
    if (length * (groups + 1) > MAX_CAPTURES) {
      throw new BudgetExceeded(
          """
          looks for all matches of %,d groups in a text of %,d characters at once; \
          (groups + 1) x characters may be %,d: shorten the text, or write (?: ) for \
          groups that are not read\
          """
              .formatted(groups, length, MAX_CAPTURES));
    }
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
