// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final UUID ID = UUID.fromString("01890000-0000-7000-8000-000000000001");
  private static final Instant TEN = Instant.parse("2026-11-21T10:00:00Z");
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static Envelope parse(String json) {
    return Envelope.parse(json.replace('\'', '"').replace("ID", ID.toString()).getBytes(UTF_8));
  }

  private static Envelope envelope(EnvelopeDetails details) {
    var payload =
        JsonNodeFactory.instance.objectNode().put("big", Long.MAX_VALUE).put("text", "é\u0001\"");
    return new Envelope(
        ID,
        "dev.omnibridge.workflow.started.v1",
        Instant.parse("2026-11-21T10:00:00.123456Z"),
        "orchestrator",
        "default",
        ID,
        null,
        ID,
        "workflow/default/1",
        payload,
        details);
  }

  @Test
  void shouldReadBackWhatItWrote() throws Exception {
    var json = new ObjectMapper();
    var everything =
        new EnvelopeDetails(
            "2",
            TRACE,
            "https://example.org/schema",
            "node-7",
            "1.4.0",
            "i-2",
            "staging",
            "eu-1",
            "c2ln",
            json.readTree("{\"priority\":2}"),
            json.readTree("{\"effect_id\":\"e\"}"),
            json.readTree("{\"actor_id\":\"a\",\"hmac_signature\":\"f00d\"}"));
    assertThat(Envelope.parse(envelope(everything).toJson())).isEqualTo(envelope(everything));
    var plain = envelope(EnvelopeDetails.NONE);
    assertThat(Envelope.parse(plain.toJson())).isEqualTo(plain);
    assertThat(EnvelopeReader.traceparent(envelope(everything).toJson())).isEqualTo(TRACE);
    assertThat(EnvelopeReader.traceparent(plain.toJson())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // registry node
        "{'envelope_version':'1.0','event_id':'ID','event_type':'T','event_version':'1.0',"
            + "'event_timestamp':'2026-11-21T10:00:00','source_node_id':'n','source_service':'s',"
            + "'source_version':'1.0.0','correlation_id':'ID','causation_id':'not a uuid',"
            + "'environment':'development','partition_key':'k','payload':{'a':1},'metadata':{}}",
        // stamping service
        "{'event_id':'ID','event_type':'T','timestamp':'2026-11-21T10:00:00+00:00','source_node':'n',"
            + "'source_service':'s','correlation_id':'ID','partition_key':'k','payload':{'a':1},"
            + "'security_context':{'actor_id':'x','security_level':'elevated'},'signature':'f00d'}",
        // codegen
        "{'envelope_version':'v1','envelope_id':'ID','envelope_timestamp':'2026-11-21T10:00:00Z',"
            + "'event_type':'T','event_version':'v1','correlation_id':'ID','source_service':'s',"
            + "'trace_id':'0af7651916cd43dd8448eb211c80319c','span_id':'b7ad6b7169203331',"
            + "'partition_key':'k','payload':{'a':1},'provenance':{}}",
        // event contracts
        "{'envelope_version':'v1','event_id':'ID','event_type':'T','timestamp':'2026-11-21T10:00:00Z',"
            + "'correlation_id':'ID','source_service':'s','partition_key':'k','payload':{'a':1},"
            + "'metadata':{'priority':1}}",
        // event system guide
        "{'event_id':'ID','event_type':'T','timestamp':'2026-11-21T11:00:00+01:00','source':'s',"
            + "'tenant_id':'default','correlation_id':'ID','causation_id':null,'schema_ref':'r',"
            + "'partition_key':'k','payload':{'a':1},'unheard_of':[{'deep':[1,2]}]}",
      })
  void shouldReadTheVariants(String json) {
    var read = parse(json);
    assertThat(read.eventId()).isEqualTo(ID);
    assertThat(read.eventType()).isEqualTo("T");
    assertThat(read.eventTimestamp()).isEqualTo(TEN);
    assertThat(read.sourceService()).isEqualTo("s");
    assertThat(read.namespace()).isEqualTo("default");
    assertThat(read.correlationId()).isEqualTo(ID);
    assertThat(read.causationId()).isNull();
    assertThat(read.partitionKey()).isEqualTo("k");
    assertThat(read.payload().path("a").asInt()).isEqualTo(1);
    assertThat(Envelope.parse(read.toJson())).isEqualTo(read);
  }

  @Test
  void shouldKeepWhatOnlySomeVariantsSay() {
    var details =
        parse(
                "{'envelope_id':'ID','event_type':'T','timestamp':'2026-11-21T10:00:00Z',"
                    + "'event_version':'v1','source_node_id':'n','source_version':'3','region':'eu',"
                    + "'source_instance':'i','environment':'prod','signature':'f00d',"
                    + "'trace_id':'0af7651916cd43dd8448eb211c80319c','span_id':'b7ad6b7169203331',"
                    + "'metadata':{'priority':1},'provenance':{'p':1},'security_context':{'x':1}}")
            .details();
    assertThat(details.eventVersion()).isEqualTo("v1");
    assertThat(details.traceparent())
        .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
    assertThat(details)
        .extracting(
            EnvelopeDetails::sourceNodeId,
            EnvelopeDetails::sourceVersion,
            EnvelopeDetails::sourceInstance,
            EnvelopeDetails::environment,
            EnvelopeDetails::region,
            EnvelopeDetails::signature)
        .containsExactly("n", "3", "i", "prod", "eu", "f00d");
    assertThat(details.metadata().path("priority").asInt()).isEqualTo(1);
    assertThat(details.provenance()).isNotNull();
    assertThat(details.securityContext()).isNotNull();
  }

  @Test
  void shouldDeriveTheIdOfAnEventWhoseIdIsNoUuid() {
    var read =
        parse("{'event_id':'7','event_type':'T','timestamp':'2026-11-21T10:00:00Z','source':'s'}");
    assertThat(read.eventId()).isEqualTo(Ids.derived("s", "7"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"event_id\":\"x\"}",
        "null",
        "{\"event_id\":\"x\",\"event_type\":\"t\"}",
        "{\"event_id\":\"x\",\"event_type\":\"t\",\"timestamp\":\"now\"}",
      })
  void shouldSayWhatIsWrongWithAnythingElse(String json) {
    assertThatThrownBy(() -> Envelope.parse(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("ENVELOPE_MALFORMED"));
  }
}
