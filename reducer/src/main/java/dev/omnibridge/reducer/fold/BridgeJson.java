// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The bridge state as it is stored: a JSON object that SQL can look into. */
public final class BridgeJson {
  private static final int SCHEMA = 1;

  private BridgeJson() {}

  /** The state as JSON; namespace and version stand beside it in the row. */
  public static ObjectNode write(BridgeState state) {
    Counters c = state.counters();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", SCHEMA);
    json.putObject("workflows")
        .put("started", c.started())
        .put("active", c.active())
        .put("completed", c.completed())
        .put("failed", c.failed())
        .put("cancelled", c.cancelled())
        .put("timed", c.timed())
        .put("total_millis", c.millis());
    json.putObject("steps").put("completed", c.steps()).put("degraded", c.degraded());
    json.putObject("stamps").put("count", c.stamps()).put("total_size_bytes", c.bytes());
    json.putObject("events").put("folded", c.events()).put("anomalies", c.anomalies());
    ObjectNode types = json.putObject("file_types");
    state.fileTypes().forEach(types::put);
    writeWindows(json.putObject("windows"), state.windows());
    if (state.lastEventAt() != null) {
      json.put("last_event_at", state.lastEventAt().toString());
    }
    return json;
  }

  private static void writeWindows(ObjectNode json, Windows windows) {
    json.put("length_ms", windows.shape().length().toMillis());
    json.put("every_ms", windows.shape().every().toMillis());
    var list = json.putArray("counts");
    windows
        .counts()
        .forEach((start, count) ->
            list.addObject()
                .put("start", start.toString())
                .put("events", count.events())
                .put("stamps", count.stamps())
                .put("workflows_ended", count.ended()));
  }

  /** Reads a stored state; windows of another shape than the wanted one start anew. */
  public static BridgeState read(
      String namespace, long version, JsonNode json, Windows.Shape wanted) {
    if (json.path("schema").asInt() != SCHEMA) {
      throw new IllegalArgumentException(
          "Unknown schema of a bridge state: " + json.path("schema"));
    }
    return new BridgeState(
        namespace,
        version,
        counters(json),
        FileTypes.stored(json.path("file_types")),
        windows(json.path("windows"), wanted),
        instant(json.path("last_event_at")));
  }

  private static Counters counters(JsonNode json) {
    JsonNode workflows = json.path("workflows");
    return new Counters(
        workflows.path("started").asLong(),
        workflows.path("completed").asLong(),
        workflows.path("failed").asLong(),
        workflows.path("cancelled").asLong(),
        json.path("steps").path("completed").asLong(),
        json.path("steps").path("degraded").asLong(),
        json.path("stamps").path("count").asLong(),
        json.path("stamps").path("total_size_bytes").asLong(),
        json.path("events").path("folded").asLong(),
        json.path("events").path("anomalies").asLong(),
        workflows.path("timed").asLong(),
        workflows.path("total_millis").asLong());
  }

  private static Windows windows(JsonNode json, Windows.Shape wanted) {
    boolean sameShape =
        json.path("length_ms").asLong() == wanted.length().toMillis()
            && json.path("every_ms").asLong() == wanted.every().toMillis();
    var counts = new TreeMap<Instant, Windows.Count>();
    if (sameShape) {
      for (JsonNode count : json.path("counts")) {
        counts.put(
            Instant.parse(count.path("start").asText()),
            new Windows.Count(
                count.path("events").asLong(),
                count.path("stamps").asLong(),
                count.path("workflows_ended").asLong()));
      }
    }
    return new Windows(wanted, counts);
  }

  private static @Nullable Instant instant(JsonNode json) {
    return json.isTextual() ? Instant.parse(json.textValue()) : null;
  }
}
