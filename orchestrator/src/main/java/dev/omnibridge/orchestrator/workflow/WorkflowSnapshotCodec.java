// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.workflow.Workflow.Absent;
import dev.omnibridge.orchestrator.workflow.Workflow.Cancelled;
import dev.omnibridge.orchestrator.workflow.Workflow.Completed;
import dev.omnibridge.orchestrator.workflow.Workflow.Failed;
import dev.omnibridge.orchestrator.workflow.Workflow.Finished;
import dev.omnibridge.orchestrator.workflow.Workflow.Pending;
import dev.omnibridge.orchestrator.workflow.Workflow.Running;
import dev.omnibridge.orchestrator.workflow.Workflow.State;
import dev.omnibridge.orchestrator.workflow.Workflow.Unfinished;
import dev.omnibridge.orchestrator.workflow.Workflow.Waiting;
import java.time.Instant;

/**
 * The state of a run as a snapshot; a shortcut that saves reading history, never its replacement.
 */
public final class WorkflowSnapshotCodec {
  /** The form that is written; older ones are read for as long as they are stored. */
  public static final int SCHEMA = 1;

  private WorkflowSnapshotCodec() {}

  public static ObjectNode encode(Workflow workflow) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("state", workflow.state().name());
    switch (workflow) {
      case Absent _ -> throw new IllegalArgumentException("There is nothing to snapshot");
      case Waiting w -> write(w, node).put("due_at", w.due().toString());
      case Unfinished w -> {
        var unused = write(w, node);
      }
      case Completed w -> write(w, node).set("output", w.output());
      case Failed w -> write(w, node).set("error", w.error().toJson());
      case Cancelled w -> write(w, node).put("reason", w.reason());
    }
    return node;
  }

  private static ObjectNode write(Unfinished workflow, ObjectNode node) {
    write(workflow.run(), workflow.tally(), node);
    Position position = workflow.position();
    Slots slots = new Slots(workflow.run().input(), position.data());
    node.set("frames", ProgressCodec.write(position.frames(), slots));
    slots.writeData(node);
    node.set("context", position.context());
    node.put("calls", position.calls()).put("emitted", position.emitted());
    node.set("next", ProgressCodec.write(workflow.next(), slots));
    return node;
  }

  private static ObjectNode write(Finished workflow, ObjectNode node) {
    write(workflow.run(), workflow.tally(), node);
    return node.put("at", workflow.at().toString());
  }

  private static void write(Run run, Tally tally, ObjectNode node) {
    RunCodec.write(run, node.putObject("run"));
    node.put("started_at", run.startedAt().toString());
    node.put("events", tally.events())
        .put("steps", tally.steps())
        .put("degraded", tally.degraded());
  }

  /** The state that a snapshot of the given form holds. */
  public static Workflow decode(int schema, JsonNode node) {
    if (schema != SCHEMA) {
      throw new CorruptHistory("A snapshot of an unknown form: " + schema);
    }
    Run run = RunCodec.read(node.path("run"), ProgressCodec.time(node, "started_at"));
    Tally tally =
        new Tally(
            node.path("events").asLong(),
            node.path("steps").asInt(),
            node.path("degraded").asInt());
    State state = State.valueOf(node.path("state").asText());
    return switch (state) {
      case PENDING, RUNNING, WAITING -> unfinished(state, run, tally, node);
      case COMPLETED -> new Completed(run, node.path("output"), at(node), tally);
      case FAILED -> new Failed(run, WorkflowError.from(node.path("error")), at(node), tally);
      case CANCELLED -> new Cancelled(run, node.path("reason").asText(), at(node), tally);
      case ABSENT -> throw new CorruptHistory("A snapshot of nothing");
    };
  }

  private static Workflow unfinished(State state, Run run, Tally tally, JsonNode node) {
    Slots slots = Slots.read(run.input(), node);
    Position position =
        new Position(
            ProgressCodec.frames(node.path("frames"), slots),
            slots.data(),
            node.path("context"),
            node.path("calls").asLong(),
            node.path("emitted").asLong());
    Next next = ProgressCodec.next(node.path("next"), slots);
    return switch (state) {
      case PENDING -> new Pending(run, position, next, tally);
      case WAITING -> new Waiting(run, position, next, ProgressCodec.time(node, "due_at"), tally);
      default -> new Running(run, position, next, tally);
    };
  }

  private static Instant at(JsonNode node) {
    return ProgressCodec.time(node, "at");
  }
}
