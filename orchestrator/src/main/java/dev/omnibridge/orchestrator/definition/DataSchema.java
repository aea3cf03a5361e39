// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import org.jspecify.annotations.Nullable;

/** A JSON Schema that a user put into a definition. */
public final class DataSchema {
  private final Schema schema;

  DataSchema(Schema schema) {
    this.schema = schema;
  }

  /** The first thing in which the value breaks the schema, as one sentence; null if it keeps it. */
  public @Nullable String violation(JsonNode value) {
    return schema.validate(value).stream()
        .findFirst()
        .map(error -> "%s: %s".formatted(error.getInstanceLocation(), error.getMessage()))
        .orElse(null);
  }
}
