// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an envelope says besides its payload, with every name it goes by: first the names that the
 * variants of the OnexEnvelopeV1 have, the preferred one in front, then its name in CloudEvents.
 */
enum Attribute {
  ID("id", "event_id", "envelope_id"),
  TYPE("type", "event_type"),
  TIME("time", "event_timestamp", "envelope_timestamp", "timestamp"),
  SOURCE("source", "source_service", "source_node_id", "source_node", "source"),
  NAMESPACE("namespace", "namespace", "tenant_id"),
  SUBJECT("subject"),
  CORRELATION_ID("correlationid", "correlation_id"),
  CAUSATION_ID("causationid", "causation_id"),
  SESSION_ID("sessionid", "session_id"),
  PARTITION_KEY("partitionkey", "partition_key"),
  TRACEPARENT("traceparent", "traceparent"),
  TRACE_ID("", "trace_id"),
  SPAN_ID("", "span_id"),
  EVENT_VERSION("", "event_version", "schema_version"),
  SCHEMA_REF("dataschema", "schema_ref"),
  SOURCE_NODE_ID("", "source_node_id", "source_node"),
  SOURCE_VERSION("", "source_version"),
  SOURCE_INSTANCE("", "source_instance"),
  ENVIRONMENT("", "environment"),
  REGION("", "region"),
  SIGNATURE("", "signature");

  /** Rank of a name that only CloudEvents has, where the record is none. */
  private static final byte STRANGE = 20;

  private static final Map<String, List<Alias>> IN_BODY = inBody();
  private static final Map<String, Attribute> IN_HEADERS = inHeaders();
  private static final List<Alias> NONE = List.of();

  private final String cloudEvents;
  private final List<String> names;

  Attribute(String cloudEvents, String... names) {
    this.cloudEvents = cloudEvents;
    this.names = List.of(names);
  }

  /**
   * An attribute as a name in the body stands for it.
   *
   * @param rank the lower, the more it counts; 0 is left to CloudEvents
   * @param cloudEvents whether CloudEvents names the attribute so
   */
  record Alias(Attribute attribute, byte rank, boolean cloudEvents) {}

  /** What a name in the body may stand for. */
  static List<Alias> inBody(String name) {
    return IN_BODY.getOrDefault(name, NONE);
  }

  /** The attribute that a header holds, by its name; null when it is another header. */
  static @org.jspecify.annotations.Nullable Attribute inHeader(String name) {
    return IN_HEADERS.get(name);
  }

  private static Map<String, List<Alias>> inBody() {
    var found = new HashMap<String, Map<Attribute, Alias>>();
    for (Attribute attribute : values()) {
      if (!attribute.cloudEvents.isEmpty()) {
        of(found, attribute.cloudEvents).put(attribute, new Alias(attribute, STRANGE, true));
      }
      byte rank = 1;
      for (String name : attribute.names) {
        boolean both = name.equals(attribute.cloudEvents);
        of(found, name).put(attribute, new Alias(attribute, rank++, both));
      }
    }
    var aliases = new HashMap<String, List<Alias>>();
    found.forEach((name, meanings) -> aliases.put(name, List.copyOf(meanings.values())));
    return Map.copyOf(aliases);
  }

  private static Map<Attribute, Alias> of(Map<String, Map<Attribute, Alias>> found, String name) {
    return found.computeIfAbsent(name, _ -> new EnumMap<>(Attribute.class));
  }

  private static Map<String, Attribute> inHeaders() {
    var found = new HashMap<String, Attribute>();
    Arrays.stream(values())
        .filter(attribute -> !attribute.cloudEvents.isEmpty())
        .forEach(attribute -> found.put("ce_" + attribute.cloudEvents, attribute));
    found.put(EventHeaders.TRACEPARENT, TRACEPARENT);
    return Map.copyOf(found);
  }
}
