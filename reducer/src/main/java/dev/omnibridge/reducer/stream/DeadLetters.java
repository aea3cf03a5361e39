// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.reducer.stream.Work.Item;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Records that cannot be folded, as they were. What no append holds of one is left out, for
 * everything behind it would wait: the value, if it is too large beside the rest. Of the rest there
 * is at most 1 MB, or the letter could not be published even without its value: headers go first,
 * then the key. A header for each says so; Kafka still has the record at its offset.
 */
final class DeadLetters {
  private static final RecordHeader NO_VALUE = omitted("ob_value_omitted");
  private static final RecordHeader NO_KEY = omitted("ob_key_omitted");
  private static final RecordHeader NO_HEADERS = omitted("ob_headers_omitted");

  /** With what is added to it in Kafka below the 1 MiB that a topic takes by default. */
  private static final long MOST_BYTES_OF_REST = 1_000_000;

  /** Besides its name and value, in a message. */
  private static final long BYTES_OF_HEADER = 12;

  /** In front of the value, in a message. */
  private static final long BYTES_OF_LENGTH = 8;

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
    addRest(letter, record);
    addValue(letter, record.value());
    return letter.build();
  }

  private static void addRest(DeadLetter.Builder letter, ConsumerRecord<byte[], byte[]> record) {
    byte @Nullable [] key = record.key();
    long keyBytes = key == null ? 0 : key.length;
    if (keyBytes > MOST_BYTES_OF_REST) {
      letter.addHeaders(NO_KEY);
    } else if (key != null) {
      letter.setKey(ByteString.copyFrom(key));
    }
    if (keyBytes + bytes(record.headers()) <= MOST_BYTES_OF_REST) {
      record.headers().forEach(header -> letter.addHeaders(header(header)));
    } else if (record.headers().iterator().hasNext()) {
      letter.addHeaders(NO_HEADERS);
    }
  }

  private static void addValue(DeadLetter.Builder letter, byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    long bytes = letter.buildPartial().getSerializedSize() + BYTES_OF_LENGTH + value.length;
    if (bytes <= Draft.MOST_BYTES_WITH_LETTERS) {
      letter.setValue(ByteString.copyFrom(value));
    } else {
      letter.addHeaders(NO_VALUE);
    }
  }

  private static long bytes(Headers headers) {
    long bytes = 0;
    for (Header header : headers) {
      int name = CodedOutputStream.computeStringSizeNoTag(header.key());
      bytes += BYTES_OF_HEADER + name + (header.value() == null ? 0 : header.value().length);
    }
    return bytes;
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
