// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.Fault;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, checked as they are read; what is wrong is a fault of kind INVALID. */
record Arguments(String function, JsonNode values) {

  @Nullable String text(String name) {
    JsonNode value = values.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrong(name, "is not a text");
    }
    return value.textValue();
  }

  String text(String name, String fallback) {
    String value = text(name);
    return value == null ? fallback : value;
  }

  String required(String name) {
    String value = text(name);
    if (value == null) {
      throw wrong(name, "is missing");
    }
    return value;
  }

  /** The bytes that are given themselves; null when they are named by their hash. */
  @Nullable ByteString content() {
    String content = text("content");
    boolean byHash = text("contentHash") != null;
    if ((content == null) != byHash) {
      throw wrong("contentHash", "or content is needed, and not both");
    }
    return content == null ? null : ByteString.copyFromUtf8(content);
  }

  String object(String name) {
    JsonNode value = values.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isObject()) {
      throw wrong(name, "is not an object");
    }
    return value.toString();
  }

  private Fault wrong(String name, String why) {
    return Fault.invalid("ARGUMENT_INVALID", "%s: %s %s.".formatted(function, name, why));
  }
}
