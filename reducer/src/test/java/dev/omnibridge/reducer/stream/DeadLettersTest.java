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
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a record is, its letter is one that the log takes. */
class DeadLettersTest {
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
}
