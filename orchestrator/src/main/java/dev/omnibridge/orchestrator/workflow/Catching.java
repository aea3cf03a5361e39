// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.Expression;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.definition.Task;
import dev.omnibridge.orchestrator.workflow.Evaluator.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the try that catches an error, from the innermost frame out, and what it wants done. */
final class Catching {
  private final Definition definition;
  private final Evaluator evaluator;
  private final Instant at;
  private final double jitter;

  Catching(Definition definition, Evaluator evaluator, Instant at, double jitter) {
    this.definition = definition;
    this.evaluator = evaluator;
    this.at = at;
    this.jitter = jitter;
  }

  /** An error in a condition of a catch takes the place of the error and goes on outwards. */
  Handling handling(WorkflowError raised, List<Frame> frames, JsonNode context) {
    WorkflowError error = raised;
    for (int depth = frames.size() - 1; depth >= 0; depth--) {
      if (frames.get(depth).entry() instanceof Frame.Entry.Attempt attempt) {
        try {
          Handling handling = handling(error, attempt, depth, frames, context);
          if (handling != null) {
            return handling;
          }
        } catch (Raised e) {
          error = e.error();
        }
      }
    }
    return new Handling.Uncaught(error);
  }

  private @Nullable Handling handling(
      WorkflowError error,
      Frame.Entry.Attempt attempt,
      int depth,
      List<Frame> frames,
      JsonNode context)
      throws Raised {
    Task.Try task = (Task.Try) definition.owner(attempt.block());
    Task.Catch handler = task.handler();
    Site site = site(task, attempt, error, frames.subList(0, depth), context);
    if (!matches(handler.filter(), error)
        || !applies(handler.when(), handler.exceptWhen(), error, site)) {
      return null;
    }
    RetryPolicy retry = handler.retry();
    if (retry == null || !applies(retry.when(), retry.exceptWhen(), error, site)) {
      return new Handling.Handled(depth, error, false);
    }
    int number = frames.get(depth).cursor().round() + 1;
    Instant due = at.plus(retry.delayBefore(number, jitter));
    return retry.allows(number, Duration.between(attempt.since(), due))
        ? new Handling.Again(depth, due)
        : new Handling.Handled(depth, error, true);
  }

  /** The conditions of a catch see the error as their input and under its name. */
  private static Site site(
      Task.Try task,
      Frame.Entry.Attempt attempt,
      WorkflowError error,
      List<Frame> outer,
      JsonNode context) {
    List<Frame> frames = new ArrayList<>(outer);
    frames.add(
        new Frame(
            new Frame.Entry.Handler(attempt.block(), attempt.input(), error), Frame.Cursor.START));
    return new Site(task.head(), frames, context, attempt.input());
  }

  private boolean applies(
      @Nullable Expression when, @Nullable Expression exceptWhen, WorkflowError error, Site site)
      throws Raised {
    ObjectNode value = error.toJson();
    return (when == null || evaluator.holds(when, value, site))
        && (exceptWhen == null || !evaluator.holds(exceptWhen, value, site));
  }

  private static boolean matches(Task.@Nullable ErrorFilter filter, WorkflowError error) {
    return filter == null
        || (same(filter.type(), error.type())
            && (filter.status() == null || filter.status().asInt() == error.status())
            && same(filter.instance(), error.instance())
            && same(filter.title(), error.title())
            && same(filter.detail(), error.detail()));
  }

  private static boolean same(@Nullable String wanted, @Nullable String actual) {
    return wanted == null || Objects.equals(wanted, actual);
  }
}
