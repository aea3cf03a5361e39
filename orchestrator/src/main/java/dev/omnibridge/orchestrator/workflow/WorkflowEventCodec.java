// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.workflow.Workflow.State;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of a workflow's events. They are history: a field once written is read for ever, and
 * a change that old payloads do not satisfy needs a new event type and a reader for the old one.
 */
public final class WorkflowEventCodec {
  private static final String PREFIX = "dev.omnibridge.workflow.";

  private WorkflowEventCodec() {}

  /** The event's type in the catalogue. */
  public static String type(Event event) {
    return PREFIX
        + switch (event) {
          case Event.Started _ -> "started.v1";
          case Event.StateTransitioned _ -> "state-transition.v1";
          case Event.StepCompleted _ -> "step-completed.v1";
          case Event.StepAttemptFailed _ -> "step-attempt-failed.v1";
          case Event.EventEmitted _ -> "event-emitted.v1";
          case Event.Completed _ -> "completed.v1";
          case Event.Failed _ -> "failed.v1";
          case Event.Cancelled _ -> "cancelled.v1";
        };
  }

  /** The whole payload: which run, and what happened. */
  public static ObjectNode encode(Run run, Event event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("namespace", run.workflow().namespace());
    node.put("workflow_id", run.workflow().value());
    node.put("run_id", run.id().value());
    node.setAll(payload(event));
    return node;
  }

  static ObjectNode payload(Event event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (event) {
      case Event.Started e -> started(node, e);
      case Event.StateTransitioned e -> transition(node, e);
      case Event.StepCompleted e -> step(node, e);
      case Event.StepAttemptFailed e -> attempt(node, e);
      case Event.EventEmitted e -> node.put("step_id", e.step()).set("event", e.event());
      case Event.Completed e ->
          node.put("processing_time_ms", e.processingTimeMs()).set("output", e.output());
      case Event.Failed e ->
          node.put("processing_time_ms", e.processingTimeMs()).set("error", e.error().toJson());
      case Event.Cancelled e ->
          node.put("reason", e.reason()).put("processing_time_ms", e.processingTimeMs());
    }
    return node.put("timestamp", event.at().toString());
  }

  private static void started(ObjectNode node, Event.Started event) {
    RunCodec.write(event.run(), node);
    node.put("state", State.PENDING.name());
    node.set("progress", ProgressCodec.write(event.progress(), event.run().input()));
  }

  private static void transition(ObjectNode node, Event.StateTransitioned event) {
    node.put("from_state", event.from().name()).put("to_state", event.to().name());
    if (event.due() != null) {
      node.put("due_at", event.due().toString());
    }
    if (event.progress() != null) {
      node.set("progress", ProgressCodec.write(event.progress(), null));
    }
  }

  private static void step(ObjectNode node, Event.StepCompleted event) {
    node.put("step_id", event.step()).put("step_type", "call").put("function", event.function());
    node.put("ordinal", event.ordinal()).put("attempt", event.attempt());
    node.put("status", event.status().name().toLowerCase(Locale.ROOT));
    node.set("output", event.output());
    if (event.error() != null) {
      node.set("error", event.error().toJson());
    }
    node.set("progress", ProgressCodec.write(event.progress(), event.output()));
  }

  private static void attempt(ObjectNode node, Event.StepAttemptFailed event) {
    node.put("step_id", event.step()).put("step_type", "call").put("function", event.function());
    node.put("ordinal", event.ordinal()).put("attempt", event.attempt());
    node.set("error", event.error().toJson());
    if (event.due() != null) {
      node.put("due_at", event.due().toString());
    }
    if (event.progress() != null) {
      node.set("progress", ProgressCodec.write(event.progress(), null));
    }
  }

  /** The event that a payload of a type of the catalogue describes. */
  public static Event decode(String type, JsonNode node) {
    Instant at = ProgressCodec.time(node, "timestamp");
    String name = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
    return switch (name) {
      case "started.v1" -> started(node, at);
      case "state-transition.v1" -> transition(node, at);
      case "step-completed.v1" -> step(node, at);
      case "step-attempt-failed.v1" -> attempt(node, at);
      case "event-emitted.v1" ->
          new Event.EventEmitted(node.path("step_id").asText(), node.path("event"), at);
      case "completed.v1" -> new Event.Completed(node.path("output"), took(node), at);
      case "failed.v1" -> new Event.Failed(WorkflowError.from(node.path("error")), took(node), at);
      case "cancelled.v1" -> new Event.Cancelled(node.path("reason").asText(), took(node), at);
      default -> throw new CorruptHistory("An event of an unknown type: " + type);
    };
  }

  private static Event started(JsonNode node, Instant at) {
    Run run = RunCodec.read(node, at);
    return new Event.Started(run, ProgressCodec.read(node.path("progress"), run.input()));
  }

  private static Event transition(JsonNode node, Instant at) {
    return new Event.StateTransitioned(
        State.valueOf(node.path("from_state").asText()),
        State.valueOf(node.path("to_state").asText()),
        due(node),
        progress(node),
        at);
  }

  private static Event step(JsonNode node, Instant at) {
    JsonNode output = node.path("output");
    return new Event.StepCompleted(
        node.path("step_id").asText(),
        node.path("ordinal").asLong(),
        node.path("attempt").asInt(),
        node.path("function").asText(),
        Event.Status.valueOf(node.path("status").asText().toUpperCase(Locale.ROOT)),
        output,
        node.has("error") ? WorkflowError.from(node.get("error")) : null,
        ProgressCodec.read(node.path("progress"), output),
        at);
  }

  private static Event attempt(JsonNode node, Instant at) {
    return new Event.StepAttemptFailed(
        node.path("step_id").asText(),
        node.path("ordinal").asLong(),
        node.path("attempt").asInt(),
        node.path("function").asText(),
        WorkflowError.from(node.path("error")),
        due(node),
        progress(node),
        at);
  }

  private static @Nullable Instant due(JsonNode node) {
    return node.has("due_at") ? ProgressCodec.time(node, "due_at") : null;
  }

  private static @Nullable Progress progress(JsonNode node) {
    return node.has("progress") ? ProgressCodec.read(node.get("progress"), null) : null;
  }

  private static long took(JsonNode node) {
    return node.path("processing_time_ms").asLong();
  }
}
