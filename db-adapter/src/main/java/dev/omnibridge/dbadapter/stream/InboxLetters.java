// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.stream.Slice;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records that are beyond help, exactly as they were. */
final class InboxLetters {
  /** The last millisecond of the year 9999, behind which neither messages nor columns go. */
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  private InboxLetters() {}

  /** The record's time in milliseconds; a producer may have set whatever it liked. */
  static long millis(ConsumerRecord<byte[], byte[]> found) {
    return Math.clamp(found.timestamp(), 0, LAST_MILLIS);
  }

  static DeadLetter of(Slice slice, ConsumerRecord<byte[], byte[]> found, Fault why) {
    var letter =
        DeadLetter.newBuilder()
            .setPartition(slice.partition())
            .setTopic(slice.topic())
            .setOffset(found.offset())
            .setRecordTime(Timestamps.fromMillis(millis(found)))
            .setErrorClass("POISON")
            .setErrorReason(why.reason())
            .setErrorMessage(why.sentence());
    byte @Nullable [] key = found.key();
    if (key != null) {
      letter.setKey(ByteString.copyFrom(key));
    }
    byte @Nullable [] value = found.value();
    if (value != null) {
      letter.setValue(ByteString.copyFrom(value));
    }
    found
        .headers()
        .forEach(header -> {
          var kept = RecordHeader.newBuilder().setKey(header.key());
          if (header.value() != null) {
            kept.setValue(ByteString.copyFrom(header.value()));
          }
          letter.addHeaders(kept);
        });
    return letter.build();
  }
}
