// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One task of a definition; the kinds of the language that this suite runs. */
public sealed interface Task {

  Head head();

  /** The word that the language uses for this kind of task. */
  default String kind() {
    return switch (this) {
      case Do _ -> "do";
      case Set _ -> "set";
      case Call _ -> "call";
      case Switch _ -> "switch";
      case For _ -> "for";
      case Try _ -> "try";
      case Raise _ -> "raise";
      case Emit _ -> "emit";
    };
  }

  /** Runs tasks one after the other. */
  record Do(Head head, Block body) implements Task {}

  /** Replaces the data. */
  record Set(Head head, Template value) implements Task {}

  /** Asks a runner, by the name of a function; the one kind of task with a side effect. */
  record Call(Head head, String function, Template arguments) implements Task {}

  /** Goes where the first case that applies says; a case without a condition always applies. */
  record Switch(Head head, List<Case> cases) implements Task {}

  /** One way out of a switch. */
  record Case(String name, @Nullable Expression when, Flow then) {}

  /** Runs its body once per item of a list, each round on the data of the round before. */
  record For(
      Head head, String each, String at, Expression in, @Nullable Expression condition, Block body)
      implements Task {}

  /** Runs its body and handles what goes wrong in it. */
  record Try(Head head, Block body, Catch handler) implements Task {}

  /** Which errors a try catches, and what happens then: again, or something else, or nothing. */
  record Catch(
      @Nullable ErrorFilter filter,
      String as,
      @Nullable Expression when,
      @Nullable Expression exceptWhen,
      @Nullable RetryPolicy retry,
      @Nullable Block body) {}

  /** The parts of an error that must be equal for it to be caught; a missing part matches all. */
  record ErrorFilter(
      @Nullable String type,
      @Nullable JsonNode status,
      @Nullable String instance,
      @Nullable String title,
      @Nullable String detail) {}

  /** Goes wrong on purpose, with an error of the user's making. */
  record Raise(Head head, Template error) implements Task {}

  /** Publishes an event of the user's making, with the attributes of a CloudEvent. */
  record Emit(Head head, Template event) implements Task {}
}
