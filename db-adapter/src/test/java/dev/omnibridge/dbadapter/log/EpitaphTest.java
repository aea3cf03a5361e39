// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpitaphTest {
  private static final String ID = "01931b2e-0000-7000-8000-000000000001";

  private static DeadLetter.Builder letter(String value) {
    return DeadLetter.newBuilder().setValue(ByteString.copyFromUtf8(value));
  }

  private static RecordHeader header(String key, String value) {
    return RecordHeader.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build();
  }

  @Test
  void shouldReadWhatTheRecordSaysOfItself() {
    var known =
        Epitaph.of(
            letter(
                    "{\"payload\":{\"event_type\":\"no\"},\"event_type\":\"a.b.v1\",\"correlation_id\":\"%s\"}"
                        .formatted(ID))
                .addHeaders(header("ce_type", "other"))
                .build());
    assertThat(known.eventType()).isEqualTo("a.b.v1");
    assertThat(known.correlationId()).isEqualTo(UUID.fromString(ID));
  }

  @Test
  void shouldReadARecordThatBreaksOffAsFarAsItGoes() {
    assertThat(Epitaph.of(letter("{\"type\":\"a.b.v1\",\"payload\":{\"x").build()).eventType())
        .isEqualTo("a.b.v1");
  }

  @Test
  void shouldAskTheHeadersWhereTheRecordSaysNothing() {
    var known =
        Epitaph.of(
            letter("not json")
                .addHeaders(header("ce_type", "a.b.v1"))
                .addHeaders(header("ce_correlationid", ID))
                .addHeaders(header("x-replay-correlation-id", ID))
                .build());
    assertThat(known).isEqualTo(new Epitaph(UUID.fromString(ID), "a.b.v1", UUID.fromString(ID)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "null",
        "{\"event_type\":7,\"correlation_id\":[]}",
        "{\"event_type\":\"a\\u0000b\",\"correlation_id\":\"me\"}"
      })
  void shouldKnowNothingOfWhatCannotBeRead(String value) {
    assertThat(Epitaph.of(letter(value).build())).isEqualTo(new Epitaph(null, null, null));
  }

  @Test
  void shouldKnowNothingOfWhatIsNoText() {
    var letter =
        DeadLetter.newBuilder().setValue(ByteString.copyFrom(new byte[] {(byte) 0xff, 0, 1}));
    assertThat(Epitaph.of(letter.build())).isEqualTo(new Epitaph(null, null, null));
  }
}
