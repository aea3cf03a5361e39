// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Fault;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeReaderTest {
  private static final UUID ID = UUID.fromString("01890000-0000-7000-8000-000000000001");
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private static EnvelopeReader with(Map<String, String> headers) {
    var reader = new EnvelopeReader();
    headers.forEach((name, value) -> reader.header(name, value.getBytes(UTF_8)));
    return reader;
  }

  private static byte[] json(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  private static EnvelopeHead head(Map<String, String> headers, String json) {
    return with(headers).head(json(json));
  }

  @Test
  void shouldTakeTheAttributesOfACloudEventInBinaryModeBeforeWhatItsBodyHappensToHold() {
    var headers =
        Map.of(
            "ce_id", "e-1",
            "ce_type", "com.example.dog-found",
            "ce_source", "/shelter",
            "ce_specversion", "1.0",
            "ce_correlationid", ID.toString(),
            "traceparent", TRACE);
    String body = "{'id':'rex','type':'dog','source':'street','timestamp':'yesterday','time':7}";
    var head = head(headers, body);
    assertThat(head.id()).isEqualTo("e-1");
    assertThat(head.type()).isEqualTo("com.example.dog-found");
    assertThat(head.source()).isEqualTo("/shelter");
    assertThat(head.time()).isNull();
    assertThat(head.correlationId()).isEqualTo(ID);
    assertThat(head.traceparent()).isEqualTo(TRACE);
    var whole = with(headers).envelope(json(body), NOON);
    assertThat(whole.payload().path("id").asText()).isEqualTo("rex");
    assertThat(whole.eventTimestamp()).isEqualTo(NOON);
  }

  @Test
  void shouldReadACloudEventInStructuredMode() {
    var headers = Map.of("content-type", "Application/CloudEvents+json; charset=UTF-8");
    String body =
        "{'specversion':'1.0','id':'e-1','source':'/s','type':'com.example.t','subject':'u',"
            + "'time':'2026-11-21T12:00:00Z','datacontenttype':'application/json',"
            + "'correlationid':'%1$s','causationid':'%1$s','traceparent':'%2$s','partitionkey':'k',"
            + "'event_type':'an extension','data':{'timestamp':'yesterday','n':1}}";
    String event = body.formatted(ID, TRACE);
    assertThat(head(headers, event))
        .isEqualTo(
            new EnvelopeHead(
                "e-1", "com.example.t", NOON, "/s", "", "u", ID, ID, null, "k", TRACE));
    assertThat(with(headers).envelope(json(event), null).payload().path("n").asInt()).isEqualTo(1);
  }

  @Test
  void shouldPreferTheEnvelopesOwnNamesWhereTheRecordIsNoCloudEvent() {
    String body =
        "{'id':'other','type':'other','event_type':'T','event_id':'1','source':'other',"
            + "'source_service':'s','time':'1999-01-01T00:00:00Z','timestamp':'2026-11-21T12:00:00Z'}";
    var head = head(Map.of("ce_subject", "u"), body);
    assertThat(head.id()).isEqualTo("1");
    assertThat(head.type()).isEqualTo("T");
    assertThat(head.source()).isEqualTo("s");
    assertThat(head.time()).isEqualTo(NOON);
    assertThat(head.subject()).isEqualTo("u");
  }

  @Test
  void shouldTakeTheLastOfTwoWithOneName() {
    assertThat(head(Map.of(), "{'event_id':'1','event_id':'2','event_type':'t'}").id())
        .isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "nonsense",
      })
  void shouldIgnoreATraceContextThatIsNone(String header) {
    assertThat(
            head(Map.of("traceparent", header), "{'event_id':'1','event_type':'t'}").traceparent())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'event_id':'1','event_type':'t'} {}",
        "{'event_id':'1','event_type':'t'",
        "{'event_id':'1','event_type':'t','payload':{'a':}}",
        "{'event_id':'1','event_type':'t','payload':'\\u00'}",
        "{'event_id':'1\\u0000','event_type':'t'}",
        "{'event_id':1,'event_type':'t'}",
        "{'event_id':'','event_type':'t'}",
      })
  void shouldRefuseWhatCannotBeAppended(String body) {
    assertThatThrownBy(() -> head(Map.of(), body))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("ENVELOPE_MALFORMED"));
  }

  @Test
  void shouldRefuseWhatIsNotUtf8AndWhatIsTooLongOrTooDeep() {
    byte[] overlong = json("{'event_id':'1','event_type':'t','payload':'..'}");
    overlong[overlong.length - 4] = (byte) 0xC0;
    overlong[overlong.length - 3] = (byte) 0x80;
    for (byte[] bad :
        new byte @Nullable [][] {
          overlong,
          json("{'event_id':'%s','event_type':'t'}".formatted("x".repeat(1025))),
          json("{'event_id':'1','event_type':'%s'}".formatted("t".repeat(201))),
          json(
              "{'event_id':'1','event_type':'t','payload':"
                  + "[".repeat(300)
                  + "]".repeat(300)
                  + "}"),
        }) {
      assertThatThrownBy(() -> new EnvelopeReader().head(bad)).isInstanceOf(Fault.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-21T12:00:00Z, 2026-11-21T12:00:00Z",
    "2026-11-21t12:00:00z, 2026-11-21T12:00:00Z",
    "2026-11-21 12:00:00, 2026-11-21T12:00:00Z",
    "2026-11-21T12:00:00.5, 2026-11-21T12:00:00.500Z",
    "2026-11-21T12:00:00.123456789123Z, 2026-11-21T12:00:00.123456789Z",
    "2026-11-21T14:30:00+02:30, 2026-11-21T12:00:00Z",
    "2026-11-21T09:30:00.25-0230, 2026-11-21T12:00:00.250Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z",
  })
  void shouldReadTimes(String text, Instant time) {
    assertThat(Rfc3339.parse(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-21",
        "2026-11-21T12:00Z",
        "2026-13-21T12:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T12:60:00Z",
        "2026-11-21T12:00:00.Z",
        "2026-11-21T12:00:00+1",
        "2026-11-21T12:00:00+19:00",
        "2026-11-21T12:00:00Zulu",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "+12345-01-01T00:00:00Z",
        "2026-1a-21T12:00:00Z",
      })
  void shouldKnowWhatIsNoTime(String text) {
    assertThat(Rfc3339.parse(text)).isNull();
  }
}
