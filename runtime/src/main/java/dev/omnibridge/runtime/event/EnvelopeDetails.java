// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an envelope may say besides what every event has; texts are empty where it is silent.
 *
 * @param eventVersion version of the payload's form
 * @param traceparent W3C trace context in which the event came to be
 * @param schemaRef where the payload's schema is
 * @param sourceNodeId the node that produced it
 * @param sourceVersion version of the producing service
 * @param sourceInstance which of several instances produced it
 * @param environment as the producer names it
 * @param signature over the event; kept, not verified
 * @param metadata free; an object
 * @param provenance from what the event was made
 * @param securityContext who acted, and how that is shown; kept, not verified
 */
public record EnvelopeDetails(
    String eventVersion,
    String traceparent,
    String schemaRef,
    String sourceNodeId,
    String sourceVersion,
    String sourceInstance,
    String environment,
    String region,
    String signature,
    JsonNode metadata,
    @Nullable JsonNode provenance,
    @Nullable JsonNode securityContext) {

  /** Nothing but the version of the payload's form. */
  public static final EnvelopeDetails NONE = traced("");

  private static final String FIRST = "1";

  /** Nothing but the trace context. */
  public static EnvelopeDetails traced(String traceparent) {
    var metadata = JsonNodeFactory.instance.objectNode();
    return new EnvelopeDetails(
        FIRST, traceparent, "", "", "", "", "", "", "", metadata, null, null);
  }

  static EnvelopeDetails of(
      Function<Attribute, String> text, String traceparent, Map<String, JsonNode> trees) {
    String version = text.apply(Attribute.EVENT_VERSION);
    JsonNode metadata = trees.get("metadata");
    return new EnvelopeDetails(
        version.isEmpty() ? FIRST : version,
        traceparent,
        text.apply(Attribute.SCHEMA_REF),
        text.apply(Attribute.SOURCE_NODE_ID),
        text.apply(Attribute.SOURCE_VERSION),
        text.apply(Attribute.SOURCE_INSTANCE),
        text.apply(Attribute.ENVIRONMENT),
        text.apply(Attribute.REGION),
        text.apply(Attribute.SIGNATURE),
        metadata != null && metadata.isObject() ? metadata : JsonNodeFactory.instance.objectNode(),
        trees.get("provenance"),
        trees.get("security_context"));
  }

  void writeTexts(JsonGenerator out) throws IOException {
    write(out, "traceparent", traceparent);
    write(out, "schema_ref", schemaRef);
    write(out, "source_node_id", sourceNodeId);
    write(out, "source_version", sourceVersion);
    write(out, "source_instance", sourceInstance);
    write(out, "environment", environment);
    write(out, "region", region);
    write(out, "signature", signature);
  }

  void writeTrees(JsonGenerator out) throws IOException {
    write(out, "metadata", metadata);
    write(out, "provenance", provenance);
    write(out, "security_context", securityContext);
  }

  private static void write(JsonGenerator out, String field, String text) throws IOException {
    if (!text.isEmpty()) {
      out.writeStringField(field, text);
    }
  }

  private static void write(JsonGenerator out, String field, @Nullable JsonNode tree)
      throws IOException {
    if (tree != null && !tree.isNull()) {
      out.writeFieldName(field);
      out.writeTree(tree);
    }
  }
}
