// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an event says, in one line for people. */
public final class EventLine {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HASH_DIGITS = 12;

  private EventLine() {}

  /** The payload of an event's envelope; missing when the body is no envelope. */
  public static JsonNode payload(RecordedEvent event) {
    try {
      return JSON.readTree(event.getBody().toString(StandardCharsets.UTF_8)).path("payload");
    } catch (JsonProcessingException notJson) {
      return MissingNode.getInstance();
    }
  }

  /** The last part of the type: {@code step-completed} of dev.omnibridge.workflow... */
  public static String shortType(String type) {
    List<String> parts = List.of(type.split("\\."));
    if (parts.isEmpty()) {
      return type;
    }
    boolean versioned = parts.getLast().matches("v\\d+") && parts.size() > 1;
    return versioned ? parts.get(parts.size() - 2) : parts.getLast();
  }

  /** What happened, from the payload. */
  public static String summary(RecordedEvent event) {
    return OneLine.of(summary(shortType(event.getType()), payload(event)));
  }

  private static String summary(String type, JsonNode payload) {
    return switch (type) {
      case "started" -> text(payload, "workflow_type");
      case "state-transition" -> text(payload, "from_state") + " → " + text(payload, "to_state");
      case "step-completed" -> join(text(payload, "step_id"), text(payload, "status"));
      case "step-attempt-failed" ->
          join(
              text(payload, "step_id"),
              "attempt " + text(payload, "attempt"),
              error(payload.path("error")));
      case "event-emitted" -> join(text(payload, "step_id"), text(payload.path("event"), "type"));
      case "completed" -> "took " + took(payload);
      case "failed" -> join(error(payload.path("error")), "after " + took(payload));
      case "cancelled" -> join(text(payload, "reason"), "after " + took(payload));
      case "stamp-created", "stamp-revised" ->
          join(hash(text(payload, "file_hash")), text(payload, "file_path"));
      case "committed" ->
          join(text(payload, "fsm_state"), text(payload, "events_folded") + " events");
      case "reducer-gave-up" -> text(payload, "last_error");
      default -> "";
    };
  }

  /** The first digits of a hash. */
  public static String hash(String hex) {
    return hex.length() > HASH_DIGITS ? hex.substring(0, HASH_DIGITS) : hex;
  }

  private static String took(JsonNode payload) {
    return Amounts.span(Duration.ofMillis(payload.path("processing_time_ms").asLong()));
  }

  private static String error(JsonNode error) {
    return Stream.of("detail", "title", "type")
        .map(field -> text(error, field))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String text(JsonNode node, String field) {
    return Objects.toString(node.path(field).asText(), "");
  }

  private static String join(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("  "));
  }
}
