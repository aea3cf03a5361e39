// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import com.fasterxml.jackson.databind.JsonNode;

/** What an event says, as far as it is folded. */
public sealed interface Fact {

  /** A run has begun. */
  record Started() implements Fact {}

  /** A run moved, by its own account; the names may be wrong. */
  record Moved(String from, String to) implements Fact {}

  /** A step has an outcome; degraded when it went on with a fallback. */
  record StepEnded(boolean degraded) implements Fact {}

  /** A run has ended, with its result or error. */
  record Ended(Phase outcome) implements Fact {}

  /** A file was stamped for the first time. */
  record Stamped(long size, String fileType) implements Fact {}

  /** Other bytes were stamped under the same hash. */
  record Restamped(long size) implements Fact {}

  /** Nothing that is folded, but it has its place in the stream. */
  record Noted() implements Fact {}

  /** Reads a payload by its type; a type that is not known is noted. */
  static Fact of(String type, JsonNode payload) {
    return switch (type) {
      case "dev.omnibridge.workflow.started.v1" -> new Started();
      case "dev.omnibridge.workflow.state-transition.v1" ->
          new Moved(payload.path("from_state").asText(), payload.path("to_state").asText());
      case "dev.omnibridge.workflow.step-completed.v1" ->
          new StepEnded(payload.path("status").asText().equals("degraded"));
      case "dev.omnibridge.workflow.completed.v1" -> new Ended(Phase.COMPLETED);
      case "dev.omnibridge.workflow.failed.v1" -> new Ended(Phase.FAILED);
      case "dev.omnibridge.workflow.cancelled.v1" -> new Ended(Phase.CANCELLED);
      case "dev.omnibridge.metadata.stamp-created.v1" ->
          new Stamped(size(payload), FileTypes.of(payload));
      case "dev.omnibridge.metadata.stamp-revised.v1" -> new Restamped(size(payload));
      default -> new Noted();
    };
  }

  private static long size(JsonNode payload) {
    return Math.max(0, payload.path("file_size_bytes").asLong());
  }
}
