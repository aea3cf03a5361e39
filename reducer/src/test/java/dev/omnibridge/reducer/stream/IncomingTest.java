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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncomingTest {
  private static final String LOG = "5f0c9d3e-0000-4000-8000-000000000001";
  private static final Heard STEP =
      new Heard(
          new StreamKey("workflow", "default", "a/b"),
          3,
          Instant.parse("2026-11-21T12:00:00.123456Z"),
          new StepEnded(true));

  @Test
  void shouldReadAnEventOfTheLog() {
    assertThat(Incoming.of(Records.record("topic", 0, 9, STEP), LOG)).isEqualTo(new Event(STEP));
  }

  @Test
  void shouldPassAnEventOfAnotherLog() {
    var own = Records.record("topic", 0, 9, STEP);
    Records.header(own, EventHeaders.LOG_ID, LOG);
    assertThat(Incoming.of(own, LOG)).isEqualTo(new Event(STEP));
    assertThat(Incoming.of(own, "5f0c9d3e-0000-4000-8000-000000000002")).isEqualTo(new Foreign());
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
    assertThat(Incoming.of(record, LOG)).isEqualTo(new Foreign());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "not json", "{\"event_id\":\"x\"}"})
  void shouldCallPoisonWhatIsNoEnvelope(String value) {
    var record =
        new ConsumerRecord<byte[], byte[]>(
            "topic", 0, 9, null, value.getBytes(StandardCharsets.UTF_8));
    assertThat(Incoming.of(record, LOG)).isInstanceOf(Poison.class);
  }

  @Test
  void shouldKeepTimesWithinWhatCanBeStored() {
    var early = new Heard(STEP.stream(), 1, Instant.MIN, STEP.fact());
    var late = new Heard(STEP.stream(), 1, Instant.MAX, STEP.fact());
    assertThat(early.at()).isEqualTo(Instant.EPOCH);
    assertThat(late.at()).isEqualTo(Instant.parse("9999-12-31T23:59:59Z"));
  }
}
