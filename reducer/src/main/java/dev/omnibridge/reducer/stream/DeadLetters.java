// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.reducer.stream.Work.Item;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Records that cannot be folded, exactly as they were. */
final class DeadLetters {
  private DeadLetters() {}

  static DeadLetter of(Item item, String reason, String why) {
    ConsumerRecord<byte[], byte[]> record = item.record();
    var letter =
        DeadLetter.newBuilder()
            .setPartition(item.slice().partition())
            .setTopic(record.topic())
            .setOffset(record.offset())
            .setRecordTime(Appends.timestamp(Instant.ofEpochMilli(Math.max(0, record.timestamp()))))
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
    return letter.build();
  }

  private static RecordHeader header(Header header) {
    var copy = RecordHeader.newBuilder().setKey(header.key());
    if (header.value() != null) {
      copy.setValue(ByteString.copyFrom(header.value()));
    }
    return copy.build();
  }
}
