// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.Intake;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InboxTest {
  private static final String TOPIC = "test.omninode-bridge.metadata.events.v1";
  private static final String GOOD =
      "{\"event_id\": \"1\", \"event_type\": \"t\", \"source_service\": \"s\"}";
  private static final UUID LOG = UUID.randomUUID();

  private final List<Intake> stored = new ArrayList<>();
  private final Inbox inbox =
      new Inbox(
          new ForeignEvents(Catalogue.load(), "test", LOG),
          new Lanes(4, 1),
          _ -> intake -> Future.succeededFuture(stored.add(intake)));

  private static ConsumerRecord<byte[], byte[]> found(long offset, long millis, String body) {
    return new ConsumerRecord<>(
        TOPIC,
        0,
        offset,
        millis,
        TimestampType.CREATE_TIME,
        0,
        body.length(),
        new byte[0],
        body.getBytes(StandardCharsets.UTF_8),
        new RecordHeaders(),
        Optional.empty());
  }

  private static Batch batch(int partition, ConsumerRecord<byte[], byte[]> found) {
    var key = ConsumerPartition.newBuilder().setConsumer("db-adapter").setPartition(partition);
    return new Batch(List.of(new Slice(key.build(), TOPIC, found.offset(), List.of(found))));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1970-01-01T00:00:00Z",
    "253402300799999, 9999-12-31T23:59:59.999Z",
    "253402300800000, 9999-12-31T23:59:59.999Z",
    "9223372036854775807, 9999-12-31T23:59:59.999Z",
  })
  void shouldTakeARecordWhateverItsTime(long millis, String time) {
    assertThat(inbox.handle(batch(0, found(5, millis, GOOD))).succeeded()).isTrue();
    assertThat(inbox.handle(batch(0, found(6, millis, "no JSON"))).succeeded()).isTrue();
    var event = (Intake.Event) stored.getFirst().items().getFirst();
    assertThat(event.row().key().occurredAt()).isEqualTo(time);
    var letter = (Intake.Letter) stored.getLast().items().getFirst();
    assertThat(letter.letter().getRecordTime().getSeconds())
        .isEqualTo(event.row().key().occurredAt().toEpochSecond());
  }

  @Test
  void shouldKeepNothingOfABatchThatItCouldNotRead() {
    var good = batch(0, found(5, 0, GOOD)).slices().getFirst();
    var broken = new Slice(ConsumerPartition.getDefaultInstance(), TOPIC, 0, List.of());
    assertThatThrownBy(() -> inbox.handle(new Batch(List.of(good, broken))))
        .isInstanceOf(RuntimeException.class);
    inbox.startOver();
    assertThat(inbox.handle(batch(1, found(7, 0, GOOD))).succeeded()).isTrue();
    assertThat(stored).hasSize(1);
    assertThat(stored.getFirst().items()).extracting(Intake.Item::offset).containsExactly(7L);
    assertThat(stored.getFirst().moves()).hasSize(1);
  }

  @Test
  void shouldStoreThePositionsOfOwnRecordsWhenNothingElseComes() {
    var own = found(5, 0, GOOD);
    own.headers().add(EventHeaders.LOG_ID, LOG.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(inbox.handle(batch(0, own)).succeeded()).isTrue();
    assertThat(stored).isEmpty();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          assertThat(inbox.idle().succeeded()).isTrue();
          return !stored.isEmpty();
        });
    assertThat(stored.getFirst().items()).isEmpty();
    assertThat(stored.getFirst().moves()).singleElement().matches(move -> move.next() == 6);
    assertThat(inbox.idle().succeeded()).isTrue();
    assertThat(stored).hasSize(1);
  }
}
