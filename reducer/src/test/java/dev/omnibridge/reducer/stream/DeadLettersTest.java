// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.reducer.stream.Incoming.Foreign;
import dev.omnibridge.reducer.stream.Work.Item;
import dev.omnibridge.runtime.stream.Slice;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a record is, its letter is one that the log takes and that Kafka takes in the end. */
class DeadLettersTest {
  private static final int MEBI = 1 << 20;

  private static ConsumerRecord<byte[], byte[]> record(long time, int key, int value) {
    return new ConsumerRecord<>(
        "topic",
        0,
        7,
        time,
        TimestampType.CREATE_TIME,
        0,
        0,
        key < 0 ? null : new byte[key],
        value < 0 ? null : new byte[value],
        new RecordHeaders(),
        Optional.empty());
  }

  private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
    var slice =
        new Slice(ConsumerPartition.getDefaultInstance(), record.topic(), -1, List.of(record));
    return DeadLetters.of(new Item(slice, record, new Foreign()), "REASON", "Why.");
  }

  @Test
  void shouldNameAHeaderSoThatTheLogTakesIt() {
    var record = record(0, 1, 1);
    record.headers().add("a\0b\0", new byte[] {5}).add("c", null);
    var headers = letter(record).getHeadersList();
    assertThat(headers).extracting(RecordHeader::getKey).containsExactly("a\uFFFDb\uFFFD", "c");
    assertThat(headers.getFirst().getValue().toByteArray()).containsExactly(5);
    assertThat(headers.getLast().hasValue()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1_790_000_000_000L, Long.MAX_VALUE})
  void shouldKeepTheTimeWithinWhatAMessageHolds(long time) {
    var kept = letter(record(time, 1, 1)).getRecordTime();
    assertThat(Timestamps.isValid(kept)).isTrue();
    assertThat(Timestamps.toMillis(kept)).isEqualTo(Math.clamp(time, 0, 253_402_300_799_999L));
  }

  /** Bytes of key, value and header, -1 for none; what is left of them, and what is said of it. */
  @ParameterizedTest
  @CsvSource({
    "      10,      10,      10,      10,      10,      10, ''",
    "      -1,      -1,      -1,      -1,      -1,      -1, ''",
    "      10, 2500000,      10,      10, 2500000,      10, ''",
    "      10, 5000000,      10,      10,      -1,      10, ob_value_omitted",
    "      10,      10, 2200000,      10,      10,      -1, ob_headers_omitted",
    "      10, 2000000, 2200000,      10, 2000000,      -1, ob_headers_omitted",
    "      -1,      -1, 2200000,      -1,      -1,      -1, ob_headers_omitted",
    "      10, 5000000, 2200000,      10,      -1,      -1, ob_headers_omitted ob_value_omitted",
    "      10,      10,  999900,      10,      10,  999900, ''",
    "      10,      10, 1020000,      10,      10,      -1, ob_headers_omitted",
    " 2000000,      10,      -1,      -1,      10,      -1, ob_key_omitted",
    "  600000,      10,  600000,  600000,      10,      -1, ob_headers_omitted",
    " 2000000, 5000000, 2000000,      -1,      -1,      -1,"
        + " ob_key_omitted ob_headers_omitted ob_value_omitted",
  })
  void shouldLeaveOutNoMoreThanHasToBeAndSayWhatWasThere(
      int key, int value, int header, int keptKey, int keptValue, int keptHeader, String said) {
    var record = record(0, key, value);
    if (header >= 0) {
      record.headers().add("mine", new byte[header]);
    }
    var letter = letter(record);
    assertThat(letter.hasKey() ? letter.getKey().size() : -1).isEqualTo(keptKey);
    assertThat(letter.hasValue() ? letter.getValue().size() : -1).isEqualTo(keptValue);
    var mine = letter.getHeadersList().stream().filter(one -> one.getKey().equals("mine")).toList();
    assertThat(mine.isEmpty() ? -1 : mine.getFirst().getValue().size()).isEqualTo(keptHeader);
    assertThat(
            letter.getHeadersList().stream()
                .map(RecordHeader::getKey)
                .filter(name -> !name.equals("mine")))
        .containsExactly(said.isEmpty() ? new String[0] : said.split(" "));
    assertThat(letter.getSerializedSize()).isLessThanOrEqualTo(3 * MEBI);
    assertThat(letter.toBuilder().clearValue().build().getSerializedSize())
        .as("what is left when Kafka does not take the value either")
        .isLessThan(MEBI - 40_000);
  }

  @Test
  void shouldLeaveOutHeadersThatAreTooMany() {
    var record = record(0, 10, 10);
    for (int i = 0; i < 400_000; i++) {
      record.headers().add("", null);
    }
    assertThat(letter(record).getHeadersList())
        .extracting(RecordHeader::getKey)
        .containsExactly("ob_headers_omitted");
  }
}
