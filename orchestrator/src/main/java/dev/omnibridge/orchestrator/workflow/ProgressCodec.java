// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.workflow.Frame.Cursor;
import dev.omnibridge.orchestrator.workflow.Frame.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of frames, progress and what comes next, as events and snapshots carry it. */
final class ProgressCodec {
  private ProgressCodec() {}

  static ObjectNode write(Progress progress, @Nullable JsonNode subject) {
    Slots slots = new Slots(subject, progress.data());
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kept", progress.kept());
    if (progress.cursor() != null) {
      node.set("cursor", write(progress.cursor()));
    }
    if (!progress.entered().isEmpty()) {
      node.set("entered", write(progress.entered(), slots));
    }
    slots.writeData(node);
    if (progress.context() != null) {
      node.set("context", progress.context());
    }
    node.set("next", write(progress.next(), slots));
    if (!progress.passed().isEmpty()) {
      ArrayNode passed = node.putArray("passed");
      progress.passed().forEach(passed::add);
    }
    return node;
  }

  static Progress read(JsonNode node, @Nullable JsonNode subject) {
    Slots slots = Slots.read(subject, node);
    List<String> passed = new ArrayList<>();
    node.path("passed").forEach(step -> passed.add(step.asText()));
    return new Progress(
        node.path("kept").asInt(),
        node.has("cursor") ? cursor(node.get("cursor")) : null,
        frames(node.path("entered"), slots),
        slots.data(),
        node.has("context") ? node.get("context") : null,
        next(node.path("next"), slots),
        List.copyOf(passed));
  }

  static ArrayNode write(List<Frame> frames, Slots slots) {
    ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
    for (Frame frame : frames) {
      ObjectNode node = nodes.addObject();
      Entry entry = frame.entry();
      node.put("block", entry.block());
      node.set("cursor", write(frame.cursor()));
      slots.write(node, "input", entry.input());
      switch (entry) {
        case Entry.Sequence _ -> node.put("kind", "sequence");
        case Entry.Loop loop -> node.put("kind", "loop").set("items", loop.items());
        case Entry.Attempt attempt ->
            node.put("kind", "attempt").put("since", attempt.since().toString());
        case Entry.Handler handler ->
            node.put("kind", "handler").set("error", handler.error().toJson());
      }
    }
    return nodes;
  }

  static List<Frame> frames(JsonNode nodes, Slots slots) {
    List<Frame> frames = new ArrayList<>();
    for (JsonNode node : nodes) {
      String block = node.path("block").asText();
      JsonNode input = slots.value(node, "input");
      Entry entry =
          switch (node.path("kind").asText()) {
            case "sequence" -> new Entry.Sequence(block, input);
            case "loop" -> new Entry.Loop(block, input, (ArrayNode) node.path("items"));
            case "attempt" -> new Entry.Attempt(block, input, time(node, "since"));
            case "handler" ->
                new Entry.Handler(block, input, WorkflowError.from(node.path("error")));
            default -> throw new CorruptHistory("A frame of an unknown kind: " + node.path("kind"));
          };
      frames.add(new Frame(entry, cursor(node.path("cursor"))));
    }
    return List.copyOf(frames);
  }

  private static ArrayNode write(Cursor cursor) {
    return JsonNodeFactory.instance
        .arrayNode()
        .add(cursor.index())
        .add(cursor.lap())
        .add(cursor.round());
  }

  private static Cursor cursor(JsonNode node) {
    return new Cursor(node.path(0).asInt(), node.path(1).asInt(), node.path(2).asInt());
  }

  static ObjectNode write(Next next, Slots slots) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    return switch (next) {
      case Next.Call(PendingCall call) -> write(call, node.put("kind", "call"), slots);
      case Next.Rest(Instant due) -> node.put("kind", "rest").put("due_at", due.toString());
      case Next.Nothing _ -> node.put("kind", "nothing");
    };
  }

  private static ObjectNode write(PendingCall call, ObjectNode node, Slots slots) {
    node.put("step_id", call.step()).put("ordinal", call.ordinal()).put("attempt", call.attempt());
    node.put("pointer", call.pointer()).put("function", call.function());
    node.set("arguments", call.arguments());
    slots.write(node, "input", call.input());
    if (call.timeout() != null) {
      node.put("timeout", call.timeout().toString());
    }
    return node.put("since", call.since().toString());
  }

  static Next next(JsonNode node, Slots slots) {
    return switch (node.path("kind").asText()) {
      case "call" -> new Next.Call(call(node, slots));
      case "rest" -> new Next.Rest(time(node, "due_at"));
      case "nothing" -> new Next.Nothing();
      default -> throw new CorruptHistory("An unknown continuation: " + node.path("kind"));
    };
  }

  private static PendingCall call(JsonNode node, Slots slots) {
    return new PendingCall(
        node.path("step_id").asText(),
        node.path("ordinal").asLong(),
        node.path("attempt").asInt(),
        node.path("pointer").asText(),
        node.path("function").asText(),
        node.path("arguments"),
        slots.value(node, "input"),
        node.has("timeout") ? Duration.parse(node.get("timeout").asText()) : null,
        time(node, "since"));
  }

  static Instant time(JsonNode node, String field) {
    return Instant.parse(node.path(field).asText());
  }
}
