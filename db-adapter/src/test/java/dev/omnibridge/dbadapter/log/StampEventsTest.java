// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Expected;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.runtime.Fault;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StampEventsTest {
  private static final String HASH = "ab".repeat(32);
  private static final StreamId STREAM = new StreamId("stamp", "default", HASH);

  private static StreamWrite write(StreamId stream, Expected expected, int events) {
    var rows =
        IntStream.range(0, events)
            .mapToObj(_ ->
                new NewRow(
                    new EventKey(UUID.randomUUID(), OffsetDateTime.MIN),
                    "type",
                    "topic",
                    "long",
                    null,
                    null,
                    null,
                    null,
                    ByteString.EMPTY))
            .toList();
    return new StreamWrite(stream, stream.key(), 0, 0, expected, rows, null);
  }

  private static StateRow stamp(long revision) {
    var row = StampRow.newBuilder().setNamespace("default").setFileHash(HASH).setRevision(revision);
    return StateRow.newBuilder().setStamp(row).build();
  }

  private static void check(List<StreamWrite> streams, StateRow... rows) {
    StampEvents.check(
        new Append(
            UUID.randomUUID(), streams, List.of(rows), List.of(), List.of(), List.of(), 100));
  }

  private static void refused(List<StreamWrite> streams, StateRow... rows) {
    assertThatThrownBy(() -> check(streams, rows))
        .isInstanceOfSatisfying(
            Fault.class,
            fault ->
                org.assertj.core.api.Assertions.assertThat(fault.reason())
                    .isEqualTo("STAMP_WITHOUT_EVENT"));
  }

  @Test
  void shouldTakeAStampBesideTheEventThatItShows() {
    assertThatCode(() -> check(List.of(write(STREAM, new Expected.None(), 1)), stamp(1)))
        .doesNotThrowAnyException();
    assertThatCode(() -> check(List.of(write(STREAM, new Expected.At(4), 1)), stamp(5)))
        .doesNotThrowAnyException();
    assertThatCode(() -> check(List.of(write(STREAM, new Expected.Any(), 3))))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseAStampWithoutItsEvent() {
    var other = new StreamId("stamp", "other", HASH);

    refused(List.of(), stamp(1));
    refused(List.of(write(other, new Expected.None(), 1)), stamp(1));
    refused(List.of(write(STREAM, new Expected.None(), 0)), stamp(1));
    refused(List.of(write(STREAM, new Expected.None(), 2)), stamp(2));
    refused(List.of(write(STREAM, new Expected.None(), 1)), stamp(2));
    refused(List.of(write(STREAM, new Expected.At(2), 1)), stamp(2));
    refused(List.of(write(STREAM, new Expected.Any(), 1)), stamp(1));
    refused(List.of(write(STREAM, new Expected.None(), 1)), stamp(1), stamp(1));
  }
}
