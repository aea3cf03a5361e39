// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.InvalidDefinition;
import dev.omnibridge.orchestrator.definition.Place;
import dev.omnibridge.orchestrator.definition.Problem;
import dev.omnibridge.orchestrator.definition.Task;
import dev.omnibridge.orchestrator.workflow.Decision;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.Fault.Violation;
import java.util.Comparator;

/** The faults by which the shell says no. */
final class Refusals {
  private Refusals() {}

  static Fault of(InvalidDefinition invalid) {
    Problem first = invalid.problems().getFirst();
    Fault fault =
        Fault.invalid("DEFINITION_INVALID", "The definition cannot be run: " + invalid.getMessage())
            .withViolations(
                invalid.problems().stream()
                    .map(problem -> new Violation("definition", problem.toString()))
                    .toList())
            .with("pointer", first.pointer());
    Place place = first.place();
    return place == null ? fault : fault.with("line", place.line()).with("column", place.column());
  }

  static Fault unknownRunner(Definition definition, String function) {
    String pointer =
        definition.tasks().values().stream()
            .filter(task -> task instanceof Task.Call call && call.function().equals(function))
            .map(task -> task.head().pointer())
            .min(Comparator.naturalOrder())
            .orElse("");
    String sentence = "There is no runner for '%s', which %s calls.".formatted(function, pointer);
    return Fault.invalidField("RUNNER_UNKNOWN", "definition", sentence)
        .with("function", function)
        .with("pointer", pointer);
  }

  static Fault of(Decision.Refused refused, RunKey key) {
    String sentence = refused.detail() + ".";
    Kind kind =
        switch (refused.reason()) {
          case WORKFLOW_NOT_FOUND -> Kind.NOT_FOUND;
          case WORKFLOW_EXISTS -> Kind.EXISTS;
          case WORKFLOW_NOT_STARTED, WORKFLOW_FINISHED, STEP_UNKNOWN -> Kind.REFUSED;
          case INPUT_INVALID, INPUT_TOO_LARGE -> Kind.INVALID;
        };
    return Fault.of(kind, refused.reason().name(), sentence).with("run_id", key.runId());
  }

  static Fault tooMany(int limit) {
    return Fault.of(
            Kind.EXHAUSTED, "TOO_MANY_ACTIVE", "Too many workflows are active; try again later.")
        .with("limit", limit);
  }

  /** Said before the log is asked, so a repeat of what was accepted hears the same. */
  private static final String NOTHING_SAID =
      " This says nothing of an earlier try: with the same request id it is answered later.";

  static Fault tooManyToSubmit(int limit) {
    return Fault.of(
            Kind.EXHAUSTED,
            "TOO_MANY_ACTIVE",
            "Too many workflows are active; try again later." + NOTHING_SAID)
        .with("limit", limit);
  }

  static Fault tooLarge(long limit) {
    String sentence =
        "The active workflows hold too much data, about %d MiB of definitions, inputs and results;"
            + " try again later."
            + NOTHING_SAID;
    return Fault.of(Kind.EXHAUSTED, "TOO_MANY_ACTIVE", sentence.formatted(limit >> 20))
        .with("limit_bytes", limit);
  }

  static Fault stopping() {
    return Fault.unavailable("STOPPING", "The orchestrator is stopping.", null);
  }
}
