// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.reducer.fold.Fact.StepEnded;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.stream.Incoming.Event;
import dev.omnibridge.reducer.stream.Incoming.Foreign;
import dev.omnibridge.reducer.stream.Incoming.Poison;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.event.LogEpochs;
import dev.omnibridge.runtime.stream.OwnLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncomingTest {
  private static final String LOG = "5f0c9d3e-0000-4000-8000-000000000001";
  private static final OwnLog OWN = OwnLog.of(LOG);
  private static final Heard STEP =
      new Heard(
          new StreamKey("workflow", "default", "a/b"),
          3,
          Instant.parse("2026-11-21T12:00:00.123456Z"),
          new StepEnded(true));

  @Test
  void shouldReadAnEventOfTheLog() {
    assertThat(Incoming.of(Records.record("topic", 0, 9, STEP), OWN)).isEqualTo(new Event(STEP));
  }

  @Test
  void shouldPassAnEventOfAnotherLog() {
    var own = Records.record("topic", 0, 9, STEP);
    Records.header(own, EventHeaders.LOG_ID, LOG);
    assertThat(Incoming.of(own, OWN)).isEqualTo(new Event(STEP));
    assertThat(Incoming.of(own, OwnLog.of("5f0c9d3e-0000-4000-8000-000000000002")))
        .isEqualTo(new Foreign());
  }

  @Test
  void shouldPassAnEventThatTheRestoredLogDoesNotHoldAnyMore() {
    var restored =
        new OwnLog(LOG, new LogEpochs(List.of(new LogEpochs.Start(1_790_000_000, 2, 40))));
    assertThat(Incoming.of(at(2, 39, 1), restored)).isEqualTo(new Event(STEP));
    assertThat(Incoming.of(at(2, 40, 1), restored)).isEqualTo(new Foreign());
    assertThat(Incoming.of(at(3, 40, 1), restored)).isEqualTo(new Event(STEP));
    assertThat(Incoming.of(at(2, 40, 1_790_000_000), restored)).isEqualTo(new Event(STEP));
  }

  private static ConsumerRecord<byte[], byte[]> at(int lane, long position, long epoch) {
    var record = Records.record("topic", 0, 9, STEP);
    Records.header(record, EventHeaders.LOG_ID, LOG);
    Records.header(record, EventHeaders.LANE, Integer.toString(lane));
    Records.header(record, EventHeaders.POSITION, Long.toString(position));
    Records.header(record, EventHeaders.EPOCH, Long.toString(epoch));
    return record;
  }

  @ParameterizedTest
  @CsvSource({
    "workflow/default/x, 0",
    "workflow/default/x, -3",
    "workflow/default/x, many",
    "workflow/default/x, ''",
    "workflow/default, 1",
    "workflow//x, 1",
    "workflow/.dot/x, 1",
    "bridge/default/default, 1",
    "'', 1",
  })
  void shouldPassAnEventWithoutAFoldedStreamOrAVersion(String stream, String version) {
    var record = new ConsumerRecord<byte[], byte[]>("topic", 0, 9, null, Records.body(STEP));
    Records.header(record, EventHeaders.STREAM, stream);
    Records.header(record, EventHeaders.VERSION, version);
    assertThat(Incoming.of(record, OWN)).isEqualTo(new Foreign());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "a\0b", "a\nb", "a\rb", "a\u0085b", "a\u2028b", "a\u2029b"})
  void shouldPassAnEventOfAStreamThatNoColumnCanHold(String id) {
    var record = new ConsumerRecord<byte[], byte[]>("topic", 0, 9, null, Records.body(STEP));
    Records.header(record, EventHeaders.STREAM, "workflow/default/" + id);
    Records.header(record, EventHeaders.VERSION, "1");
    assertThat(Incoming.of(record, OWN)).isEqualTo(new Foreign());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "not json", "{\"event_id\":\"x\"}"})
  void shouldCallPoisonWhatIsNoEnvelope(String value) {
    var record =
        new ConsumerRecord<byte[], byte[]>(
            "topic", 0, 9, null, value.getBytes(StandardCharsets.UTF_8));
    assertThat(Incoming.of(record, OWN)).isInstanceOf(Poison.class);
  }

  @Test
  void shouldPassACloudEventWhoseBodyIsNoEnvelope() {
    byte[] body = "{\"id\":7,\"type\":\"dog\"}".getBytes(StandardCharsets.UTF_8);
    var record = new ConsumerRecord<byte[], byte[]>("topic", 0, 9, null, body);
    assertThat(Incoming.of(record, OWN)).isInstanceOf(Poison.class);
    Records.header(record, EventHeaders.ID, "1");
    Records.header(record, EventHeaders.TYPE, "com.example.dog-found");
    assertThat(Incoming.of(record, OWN)).isEqualTo(new Foreign());
  }

  @Test
  void shouldKeepTimesWithinWhatCanBeStored() {
    var early = new Heard(STEP.stream(), 1, Instant.MIN, STEP.fact());
    var late = new Heard(STEP.stream(), 1, Instant.MAX, STEP.fact());
    assertThat(early.at()).isEqualTo(Instant.EPOCH);
    assertThat(late.at()).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
  }
}
