// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** One event in each of the forms in which other systems write it. */
final class Envelopes {
  /** When it happened, by its own word. */
  static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");

  private static final String TYPE = "org.example.variant.v1";

  private Envelopes() {}

  /** The five variants of the OnexEnvelopeV1, by the ids of their events. */
  static Map<String, String> variants(UUID correlation) {
    var variants = new LinkedHashMap<String, String>();
    variants.put(
        "a-" + correlation,
        """
        {"envelope_version": "1.0", "event_id": "a-%1$s", "event_type": "%2$s", "event_version": "1.0",
         "event_timestamp": "%3$s", "source_node_id": "registry-1", "source_service": "registry",
         "source_version": "1.0.0", "correlation_id": "%1$s", "environment": "development",
         "partition_key": "k", "payload": {"variant": "A"}, "metadata": {}}
        """);
    variants.put(
        "b-" + correlation,
        """
        {"envelope_version": "1.0", "event_id": "b-%1$s", "event_type": "%2$s", "timestamp": "%3$s",
         "source_node": "stamping-1", "correlation_id": "%1$s", "payload": {"variant": "B"},
         "security_context": {"actor_id": "ada", "session_id": "s", "security_level": "standard"}}
        """);
    variants.put(
        "c-" + correlation,
        """
        {"envelope_version": "v1", "envelope_id": "c-%1$s", "envelope_timestamp": "%3$s",
         "event_type": "%2$s", "event_version": "v1", "correlation_id": "%1$s",
         "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
         "source_service": "codegen", "payload": {"variant": "C"}, "provenance": {"by": "x"}}
        """);
    variants.put(
        "d-" + correlation,
        """
        {"envelope_version": "v1", "event_id": "d-%1$s", "event_type": "%2$s",
         "correlation_id": "%1$s", "timestamp": "%3$s", "source_service": "contracts",
         "payload": {"variant": "D"}, "metadata": {"partition_key": "k", "priority": 1}}
        """);
    variants.put(
        "e-" + correlation,
        """
        {"event_type": "%2$s", "event_id": "e-%1$s", "timestamp": "%3$s", "tenant_id": "default",
         "namespace": "guide", "source": "omniclaude", "correlation_id": "%1$s",
         "causation_id": "%1$s", "schema_ref": "registry://guide/1", "payload": {"variant": "E"}}
        """);
    variants.replaceAll((_, text) -> text.formatted(correlation, TYPE, TIME));
    return variants;
  }

  /** A CloudEvent in structured mode. */
  static String cloudEvent(String id, UUID correlation) {
    return """
    {"specversion": "1.0", "id": "%s", "source": "/probe", "type": "org.example.cloud.v1",
     "time": "%s", "datacontenttype": "application/json", "correlationid": "%s",
     "data": {"reading": 6}}
    """
        .formatted(id, TIME, correlation);
  }
}
