// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.orchestrator.definition.Values;
import org.jspecify.annotations.Nullable;

/** Why something went wrong, in the form of RFC 7807; instance is the pointer of the task. */
public record WorkflowError(
    String type, int status, String title, @Nullable String detail, @Nullable String instance) {
  private static final String STANDARD = "https://serverlessworkflow.io/spec/1.0.0/errors/";

  /** An error may quote anything, cut anywhere. */
  public WorkflowError {
    type = Values.wellFormed(type);
    title = Values.wellFormed(title);
    detail = detail == null ? null : Values.wellFormed(detail);
    instance = instance == null ? null : Values.wellFormed(instance);
  }

  /** The kinds of errors that the DSL names itself. */
  public enum Kind {
    CONFIGURATION(400, "Configuration error"),
    VALIDATION(400, "Validation error"),
    EXPRESSION(400, "Expression error"),
    AUTHENTICATION(401, "Authentication error"),
    AUTHORIZATION(403, "Authorization error"),
    TIMEOUT(408, "Timeout"),
    COMMUNICATION(500, "Communication error"),
    RUNTIME(500, "Runtime error");

    private final int status;
    private final String title;

    Kind(int status, String title) {
      this.status = status;
      this.title = title;
    }

    public String type() {
      return STANDARD + name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** An error of a standard kind. */
  public static WorkflowError of(Kind kind, String detail, @Nullable String instance) {
    return new WorkflowError(kind.type(), kind.status, kind.title, detail, instance);
  }

  /** The error that a JSON object describes; what it leaves out is a runtime error's. */
  public static WorkflowError from(JsonNode node) {
    return new WorkflowError(
        node.path("type").asText(Kind.RUNTIME.type()),
        node.path("status").asInt(Kind.RUNTIME.status),
        node.path("title").asText(""),
        node.hasNonNull("detail") ? node.get("detail").asText() : null,
        node.hasNonNull("instance") ? node.get("instance").asText() : null);
  }

  /** The same error, said to be of the given task unless it already names one. */
  public WorkflowError at(String pointer) {
    return instance == null ? new WorkflowError(type, status, title, detail, pointer) : this;
  }

  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", type).put("status", status);
    if (!title.isEmpty()) {
      node.put("title", title);
    }
    if (detail != null) {
      node.put("detail", detail);
    }
    if (instance != null) {
      node.put("instance", instance);
    }
    return node;
  }
}
