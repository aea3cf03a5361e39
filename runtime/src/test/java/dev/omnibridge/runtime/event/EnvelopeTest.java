// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.runtime.Fault;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final UUID ID = UUID.fromString("01890000-0000-7000-8000-000000000001");

  @Test
  void shouldReadBackWhatItWrote() {
    var envelope =
        new Envelope(
            ID,
            "dev.omnibridge.workflow.started.v1",
            Instant.parse("2026-11-21T10:00:00.123456Z"),
            "orchestrator",
            "default",
            ID,
            null,
            ID,
            "workflow/default/1",
            JsonNodeFactory.instance
                .objectNode()
                .put("big", Long.MAX_VALUE)
                .put("text", "é\u0001\""));
    assertThat(Envelope.parse(envelope.toJson())).isEqualTo(envelope);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // registry node
        "{'event_id':'ID','event_type':'T','event_timestamp':'2026-11-21T10:00:00Z','source_service':'s'}",
        // stamping service
        "{'event_id':'ID','event_type':'T','timestamp':'2026-11-21T10:00:00+00:00','source_node':'s'}",
        // codegen
        "{'envelope_version':'v1','envelope_id':'ID','envelope_timestamp':'2026-11-21T10:00:00Z',"
            + "'event_type':'T','source_service':'s','provenance':{}}",
        // event contracts
        "{'envelope_version':'v1','event_id':'ID','event_type':'T','timestamp':'2026-11-21T10:00:00Z',"
            + "'source_service':'s','metadata':{'priority':1}}",
        // event system guide
        "{'event_id':'ID','event_type':'T','timestamp':'2026-11-21T11:00:00+01:00','source':'s','tenant_id':'default'}",
      })
  void shouldReadTheOlderVariants(String json) {
    var read = Envelope.parse(json.replace('\'', '"').replace("ID", ID.toString()).getBytes(UTF_8));
    assertThat(read.eventId()).isEqualTo(ID);
    assertThat(read.eventType()).isEqualTo("T");
    assertThat(read.eventTimestamp()).isEqualTo("2026-11-21T10:00:00Z");
    assertThat(read.sourceService()).isEqualTo("s");
    assertThat(read.namespace()).isEqualTo("default");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "[]", "{}", "{\"event_id\":\"x\"}", "null"})
  void shouldSayWhatIsWrongWithAnythingElse(String json) {
    assertThatThrownBy(() -> Envelope.parse(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("ENVELOPE_MALFORMED"));
  }
}
