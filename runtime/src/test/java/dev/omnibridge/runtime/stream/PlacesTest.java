// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.runtime.stream.Places.Place;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final TopicPartition PARTITION = new TopicPartition("topic", 2);
  private static final ConsumerPartition KEY =
      ConsumerPartition.newBuilder().setConsumer("test").setTopicId("id").setPartition(2).build();

  private final Map<ConsumerPartition, Long> truncated = new HashMap<>();
  private final Places places = new Places(truncated);

  @Test
  void shouldDropWhatComesBeforeThePartitionHasAPlace() {
    assertThat(places.take(polled(0, 1)).isEmpty()).isTrue();
    assertThat(places.unplaced()).containsExactly(PARTITION);
  }

  @Test
  void shouldHandOverRecordsFromThePlaceOn() {
    places.put(PARTITION, Place.of(KEY, 5L, 10));
    var slice = places.take(polled(5, 6)).slices().getFirst();

    assertThat(slice.expectedOffset()).isEqualTo(5);
    assertThat(slice.nextOffset()).isEqualTo(7);
    assertThat(slice.move().getExpectedOffset()).isEqualTo(5);
    assertThat(slice.move().getNextOffset()).isEqualTo(7);
  }

  @Test
  void shouldBeginWithoutAStoredPositionAtWhateverIsFirst() {
    places.put(PARTITION, Place.of(KEY, null, 10));
    assertThat(places.take(polled(3)).slices().getFirst().expectedOffset()).isEqualTo(-1);
  }

  @Test
  void shouldAllowAGapAboveThePlace() {
    places.put(PARTITION, Place.of(KEY, 5L, 10));
    assertThat(places.take(polled(8)).slices().getFirst().expectedOffset()).isEqualTo(5);
  }

  @Test
  void shouldPlaceAPartitionAnewWhenItComesBackBelowItsPlace() {
    places.put(PARTITION, Place.of(KEY, 5L, 10));
    assertThat(places.take(polled(0, 1, 2, 3, 4, 5, 6)).isEmpty()).isTrue();
    assertThat(places.unplaced()).containsExactly(PARTITION);
  }

  @Test
  void shouldGoOnBehindABatchThatIsDone() {
    places.put(PARTITION, Place.of(KEY, 5L, 10));
    places.advance(places.take(polled(5, 6)));
    assertThat(places.take(polled(7)).slices().getFirst().expectedOffset()).isEqualTo(7);
    assertThat(places.take(polled(6)).isEmpty()).isTrue();
  }

  @Test
  void shouldPlaceAPartitionAnewWhenItsBatchFailed() {
    places.put(PARTITION, Place.of(KEY, 5L, 10));
    places.forget(places.take(polled(5)));
    assertThat(places.unplaced()).containsExactly(PARTITION);
  }

  @Test
  void shouldPlaceEverythingAnewWhenItStartsOver() {
    places.put(PARTITION, Place.of(KEY, 5L, 10));
    places.advance(places.take(polled(5, 6)));
    places.forgetAll();
    assertThat(places.unplaced()).containsExactly(PARTITION);
    assertThat(places.take(polled(7)).isEmpty()).isTrue();
  }

  @Test
  void shouldReadFromTheBeginningWhenThePartitionEndsBeforeThePlace() {
    var place = Place.of(KEY, 50L, 10);
    assertThat(place.truncated()).isTrue();
    places.put(PARTITION, place);
    assertThat(places.take(polled(0)).slices().getFirst().expectedOffset()).isEqualTo(50);
  }

  @Test
  void shouldKeepReadingATruncatedPartitionFromItsBeginningUntilSomethingIsStored() {
    assertThat(places.place(KEY, 50L, 10).floor()).isZero();
    // It has grown beyond the stored position, and nothing of it is stored yet.
    assertThat(places.place(KEY, 50L, 60)).isEqualTo(new Place(KEY, 50, 0));
    assertThat(new Places(truncated).place(KEY, 50L, 60).floor()).isZero();
    assertThat(places.place(KEY, 5L, 60)).isEqualTo(new Place(KEY, 5, 5));
    assertThat(places.place(KEY, 50L, 60).floor()).isEqualTo(50);
  }

  @Test
  void shouldNotCallAPartitionTruncatedThatIsReadToItsEnd() {
    assertThat(Place.of(KEY, 10L, 10).truncated()).isFalse();
    assertThat(Place.of(KEY, null, 0).truncated()).isFalse();
  }

  @Test
  void shouldPauseLongerAndLongerUpToItsLimit() {
    var backoff = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(2), new Random(1));
    for (long limit : List.of(20L, 40L, 80L, 160L, 320L, 640L, 1_280L, 2_000L, 2_000L)) {
      assertThat(backoff.next().toMillis()).isBetween(limit / 2, limit);
    }
    backoff.reset();
    assertThat(backoff.next().toMillis()).isBetween(10L, 20L);
  }

  private static ConsumerRecords<byte[], byte[]> polled(long... offsets) {
    var records =
        LongStream.of(offsets)
            .mapToObj(offset -> new ConsumerRecord<>("topic", 2, offset, new byte[0], new byte[0]))
            .toList();
    return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of());
  }
}
