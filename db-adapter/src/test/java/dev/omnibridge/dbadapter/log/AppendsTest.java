// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.event.Catalogue;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AppendsTest {
  private final Appends appends = new Appends(Catalogue.load(), "test", new Lanes(4, 2));

  /** Its ids, its time and its place in lists: some 500 bytes, however small it is on the wire. */
  @Test
  void shouldCountForEveryEventWhatItTakesBesidesItsBytes() {
    var small = request(1_000);
    assertThat(appends.read(small).bytes())
        .isBetween(small.getSerializedSize() + 500_000, small.getSerializedSize() + 600_000);
  }

  private static AppendRequest request(int events) {
    var stream =
        StreamAppend.newBuilder()
            .setStream(
                StreamName.newBuilder().setKind("workflow").setNamespace("default").setId("run"))
            .setExpectNone(true);
    for (int i = 0; i < events; i++) {
      stream.addEvents(
          NewEvent.newBuilder()
              .setEventId(UUID.randomUUID().toString())
              .setType("dev.omnibridge.workflow.step-completed.v1")
              .setOccurredAt(Timestamp.newBuilder().setSeconds(1_790_000_000))
              .setBody(ByteString.copyFromUtf8("{}")));
    }
    return AppendRequest.newBuilder()
        .setAppendId(UUID.randomUUID().toString())
        .addAppends(stream)
        .build();
  }
}
