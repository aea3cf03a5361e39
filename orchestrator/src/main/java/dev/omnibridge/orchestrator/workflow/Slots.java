// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Writes values that are often one and the same only once: a value that is the subject of an event
 * (its input or output) is left out, one that is the data is named, any other stands as it is.
 */
record Slots(@Nullable JsonNode subject, JsonNode data) {
  private static final String SAME = "_is_data";

  /** The slots of what is being read: the data itself may have been left out as the subject. */
  static Slots read(@Nullable JsonNode subject, JsonNode node) {
    JsonNode data = node.has("data") ? node.get("data") : subject;
    if (data == null) {
      throw new CorruptHistory("There is no data");
    }
    return new Slots(subject, data);
  }

  void writeData(ObjectNode node) {
    if (data != subject) {
      node.set("data", data);
    }
  }

  void write(ObjectNode node, String name, JsonNode value) {
    if (value == subject) {
      return;
    }
    if (value == data) {
      node.put(name + SAME, true);
    } else {
      node.set(name, value);
    }
  }

  JsonNode value(JsonNode node, String name) {
    if (node.has(name)) {
      return node.get(name);
    }
    JsonNode value = node.path(name + SAME).asBoolean() ? data : subject;
    if (value == null) {
      throw new CorruptHistory("There is no " + name);
    }
    return value;
  }
}
