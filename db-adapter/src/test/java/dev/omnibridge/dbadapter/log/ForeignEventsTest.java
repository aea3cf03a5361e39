// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignEventsTest {
  private static final UUID LOG = UUID.randomUUID();
  private static final String TOPIC = "dev.omninode-bridge.workflow.events.v1";
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final ForeignEvents events = new ForeignEvents(Catalogue.load(), "dev", LOG);

  private static Incoming incoming(String json, Outgoing.Header... headers) {
    return new Incoming(TOPIC, NOON, bytes("key"), bytes(json), List.of(headers));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Outgoing.Header header(String key, String value) {
    return new Outgoing.Header(key, bytes(value));
  }

  private Reading.Foreign foreign(Incoming incoming) {
    return (Reading.Foreign) events.read(incoming);
  }

  @Test
  void shouldKnowItsOwnEventsByTheLogsId() {
    assertThat(events.read(incoming("{}", header(EventHeaders.LOG_ID, LOG.toString()))))
        .isEqualTo(new Reading.Own());
    assertThat(
            events.read(incoming("{}", header(EventHeaders.LOG_ID, UUID.randomUUID().toString()))))
        .isInstanceOf(Reading.Poison.class);
  }

  @Test
  void shouldDeriveTheIdFromSourceAndIdAndKeepTheOriginal() {
    var read =
        foreign(
            incoming(
                "{\"event_id\":\"7\",\"event_type\":\"t\",\"source_service\":\"s\","
                    + "\"namespace\":\"n\",\"event_timestamp\":\"2026-01-01T01:00:00.123456789+01:00\"}"));
    assertThat(read.event().key().id())
        .isEqualTo(Ids.derivedAt(Instant.parse("2026-01-01T00:00:00.123456Z"), "s", "7"));
    assertThat(read.event().originalId()).isEqualTo("7");
    assertThat(read.event().key().occurredAt()).isEqualTo("2026-01-01T00:00:00.123456Z");
    assertThat(read.stream()).isEqualTo(new StreamId("workflow", "n", "inbox/s/key"));
  }

  @Test
  void shouldTakeCloudEventsHeadersAndTheRecordsTimeWhereTheBodyIsSilent() {
    var read =
        foreign(
            incoming(
                "{\"n\":1}",
                header(EventHeaders.ID, "id-1"),
                header(EventHeaders.TYPE, "com.example.x"),
                header(EventHeaders.SOURCE, "/elsewhere")));
    assertThat(read.event().key().id()).isEqualTo(Ids.derivedAt(NOON, "/elsewhere", "id-1"));
    assertThat(read.event().type()).isEqualTo("com.example.x");
    assertThat(read.event().key().occurredAt().toInstant()).isEqualTo(NOON);
    assertThat(read.stream().namespace()).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing | ENVELOPE_MALFORMED",
        "[] | ENVELOPE_MALFORMED",
        "{\"event_type\":\"t\"} | ENVELOPE_MALFORMED",
        "{\"event_id\":\"1\"} | ENVELOPE_MALFORMED",
        "{\"event_id\":\"1\",\"event_type\":\"t\",\"timestamp\":\"yesterday\"} |"
            + " ENVELOPE_MALFORMED",
        "{\"event_id\":\"1\",\"event_type\":\"t\",\"timestamp\":\"+123456-01-01T00:00:00Z\"} |"
            + " ENVELOPE_MALFORMED",
        "{\"event_id\":\"1\\u0000\",\"event_type\":\"t\"} | ENVELOPE_MALFORMED",
        "{\"event_id\":\"1\",\"event_type\":\"t\"} {} | ENVELOPE_MALFORMED",
      })
  void shouldTellPoisonByItsReason(String json, String reason) {
    assertThat(((Reading.Poison) events.read(incoming(json))).why().reason()).isEqualTo(reason);
  }

  @Test
  void shouldNameAStreamThatIsTooLongByItsHash() {
    var read =
        foreign(
            incoming(
                "{\"event_id\":\"1\",\"event_type\":\"t\",\"source\":\"%s\",\"namespace\":\"a b\"}"
                    .formatted("s".repeat(600))));
    assertThat(read.stream().id()).startsWith("inbox/").hasSizeLessThan(60);
    assertThat(read.stream().namespace()).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource({
    "test-generation.failed.v1, test-generation",
    "codegen.status-session.v1, codegen",
    "metadata.events.v1, stamp",
  })
  void shouldPutAnEventIntoAStreamOfTheKindOfItsTopic(String topic, String kind) {
    byte[] body = bytes("{\"envelope_id\":\"1\",\"event_type\":\"t\",\"source\":\"s\"}");
    var read =
        foreign(new Incoming("dev.omninode-bridge." + topic, NOON, bytes("k"), body, List.of()));
    assertThat(read.stream()).isEqualTo(new StreamId(kind, "default", "inbox/s/k"));
    assertThat(read.event().retention()).isNotEmpty();
    assertThat(read.event().body().toByteArray()).isEqualTo(body);
    var elsewhere = new Incoming("dev.omninode-bridge.x", NOON, null, body, List.of());
    assertThat(((Reading.Poison) events.read(elsewhere)).why().reason()).isEqualTo("UNKNOWN_TOPIC");
  }

  @Test
  void shouldRefuseWhatHasNoValueOrTooMuch() {
    var none = new Incoming(TOPIC, NOON, null, null, List.of());
    assertThat(((Reading.Poison) events.read(none)).why().reason()).isEqualTo("VALUE_MISSING");
    var large = new Incoming(TOPIC, NOON, null, new byte[600_000], List.of());
    assertThat(((Reading.Poison) events.read(large)).why().reason()).isEqualTo("BODY_TOO_LARGE");
  }
}
