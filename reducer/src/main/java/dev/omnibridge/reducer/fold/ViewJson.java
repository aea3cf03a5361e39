// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.reducer.fold.StreamView.Stamp;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The view of a stream as it is stored; its version stands beside it in the row. */
public final class ViewJson {
  private static final int SCHEMA = 1;
  private static final String STAMPED = "STAMPED";

  private ViewJson() {}

  /** The state's name in the row. */
  public static String state(StreamView view) {
    return switch (view) {
      case Workflow workflow -> workflow.phase().name();
      case Stamp _ -> STAMPED;
    };
  }

  /** The view as JSON. */
  public static ObjectNode write(StreamView view) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("schema", SCHEMA);
    switch (view) {
      case Workflow workflow -> write(json.put("kind", "workflow"), workflow);
      case Stamp stamp -> json.put("kind", "stamp").put("file_size_bytes", stamp.size());
    }
    return json;
  }

  private static void write(ObjectNode json, Workflow workflow) {
    put(json, "started_at", workflow.startedAt());
    put(json, "ended_at", workflow.endedAt());
    json.put("steps_completed", workflow.steps());
    json.put("steps_degraded", workflow.degraded());
    json.put("anomalies", workflow.anomalies());
  }

  /** Reads a stored view. */
  public static StreamView read(long version, String state, JsonNode json) {
    if (json.path("schema").asInt() != SCHEMA) {
      throw new IllegalArgumentException("Unknown schema of a view: " + json.path("schema"));
    }
    return switch (json.path("kind").asText()) {
      case "workflow" -> workflow(version, Phase.named(state), json);
      case "stamp" -> new Stamp(version, json.path("file_size_bytes").asLong());
      default -> throw new IllegalArgumentException("Unknown view: " + json.path("kind"));
    };
  }

  private static Workflow workflow(long version, Phase phase, JsonNode json) {
    return new Workflow(
        version,
        phase,
        instant(json.path("started_at")),
        instant(json.path("ended_at")),
        json.path("steps_completed").asLong(),
        json.path("steps_degraded").asLong(),
        json.path("anomalies").asLong());
  }

  private static void put(ObjectNode json, String field, @Nullable Instant value) {
    if (value != null) {
      json.put(field, value.toString());
    }
  }

  private static @Nullable Instant instant(JsonNode json) {
    return json.isTextual() ? Instant.parse(json.textValue()) : null;
  }
}
