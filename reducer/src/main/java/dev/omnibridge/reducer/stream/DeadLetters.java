// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.reducer.stream.Work.Item;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Records that cannot be folded, as they were. One that no append holds goes without its value
 * rather than not at all, for everything behind it would wait; if need be, without its key and
 * headers too. The headers behind its own say so; Kafka still has the record at its offset.
 */
final class DeadLetters {
  private static final RecordHeader NO_VALUE = omitted("ob_value_omitted");
  private static final RecordHeader NO_KEY = omitted("ob_key_omitted");
  private static final RecordHeader NO_HEADERS = omitted("ob_headers_omitted");

  /** The last millisecond of the year 9999, behind which neither messages nor columns go. */
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  private DeadLetters() {}

  private static RecordHeader omitted(String name) {
    return RecordHeader.newBuilder()
        .setKey(name)
        .setValue(ByteString.copyFromUtf8("too large"))
        .build();
  }

  static DeadLetter of(Item item, String reason, String why) {
    ConsumerRecord<byte[], byte[]> record = item.record();
    var time = Instant.ofEpochMilli(Math.clamp(record.timestamp(), 0, LAST_MILLIS));
    var letter =
        DeadLetter.newBuilder()
            .setPartition(item.slice().partition())
            .setTopic(record.topic())
            .setOffset(record.offset())
            .setRecordTime(Appends.timestamp(time))
            .setErrorClass("POISON")
            .setErrorReason(reason)
            .setErrorMessage(why);
    if (record.key() != null) {
      letter.setKey(ByteString.copyFrom(record.key()));
    }
    if (record.value() != null) {
      letter.setValue(ByteString.copyFrom(record.value()));
    }
    record.headers().forEach(header -> letter.addHeaders(header(header)));
    return bounded(letter.build());
  }

  private static DeadLetter bounded(DeadLetter whole) {
    if (fits(whole)) {
      return whole;
    }
    var rest = whole.toBuilder().clearValue().addHeaders(NO_VALUE).build();
    return fits(rest)
        ? rest
        : rest.toBuilder()
            .clearKey()
            .clearHeaders()
            .addHeaders(NO_VALUE)
            .addHeaders(NO_KEY)
            .addHeaders(NO_HEADERS)
            .build();
  }

  private static boolean fits(DeadLetter letter) {
    return letter.getSerializedSize() <= Draft.MOST_BYTES_WITH_LETTERS;
  }

  /** A NUL in its name, which the log refuses, becomes a replacement character. */
  private static RecordHeader header(Header header) {
    var copy = RecordHeader.newBuilder().setKey(header.key().replace('\0', '\uFFFD'));
    if (header.value() != null) {
      copy.setValue(ByteString.copyFrom(header.value()));
    }
    return copy.build();
  }
}
