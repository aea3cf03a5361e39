// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.InboxHarness.event;
import static dev.omnibridge.dbadapter.InboxHarness.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Consumers that each believe they lead, and records that come again. */
class InboxConsumersIT {
  private static final int PARTITIONS = 3;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final RunningDbAdapter adapter = RunningDbAdapter.start(database, config -> config);
  private final InboxHarness one = new InboxHarness(adapter, database);
  private final InboxHarness other = new InboxHarness(adapter, database);

  @AfterEach
  void stop() {
    one.close();
    other.close();
    adapter.close();
  }

  private static List<String> values(int partition, long from, long to) {
    return IntStream.range((int) from, (int) to)
        .mapToObj(i -> event("%d-%05d".formatted(partition, i)))
        .toList();
  }

  @Test
  void shouldTakeEveryEventOnceWhenTwoConsumersBelieveThatTheyOwnEverything() throws Exception {
    int events = 400;
    var lost = new ArrayList<String>();
    var threads =
        List.of(
            Thread.ofVirtual().unstarted(() -> consume(one, "one", events, lost)),
            Thread.ofVirtual().unstarted(() -> consume(other, "other", events, lost)));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(one.strings("select distinct stream_id from events")).hasSize(PARTITIONS);
    assertThat(one.events()).hasSize(PARTITIONS * events).doesNotHaveDuplicates().isSorted();
    assertThat(one.gaps()).isEmpty();
    System.out.printf("races lost: %d of %s%n", lost.size(), seeds.hint());
    assertThat(lost).as("they did get into each other's way").isNotEmpty();
  }

  /** Reads its position again whenever it has lost a race, as the pump does. */
  private void consume(InboxHarness inbox, String name, int events, List<String> lost) {
    RandomGenerator random = seeds.random(name);
    long[] at = new long[PARTITIONS];
    Arrays.fill(at, -1);
    while (IntStream.range(0, PARTITIONS).anyMatch(i -> at[i] < events)) {
      int partition = random.nextInt(PARTITIONS);
      long from = Math.max(0, at[partition]);
      long to = Math.min(events, from + 1 + random.nextInt(20));
      if (from == to) {
        continue;
      }
      try {
        inbox.handle(slice(partition, at[partition], from, values(partition, from, to)));
        at[partition] = to;
      } catch (Fault moved) {
        assertThat(moved.reason()).isEqualTo("POSITION_MOVED");
        synchronized (lost) {
          lost.add(moved.sentence());
        }
        at[partition] = stored(inbox, partition);
      }
    }
  }

  private static long stored(InboxHarness inbox, int partition) {
    try {
      return inbox
          .strings("select next_offset from consumer_positions where partition = " + partition)
          .stream()
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(-1);
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void shouldRefuseWhatBuildsOnABatchThatFailed() throws Exception {
    one.handle(slice(0, -1, 0, values(0, 0, 5)));
    var zombie = other.begin(slice(0, 3, 5, values(0, 5, 8)));
    var next = other.begin(slice(0, 8, 8, values(0, 8, 9)));
    assertThat(failure(zombie)).isEqualTo("POSITION_MOVED");
    assertThat(failure(next)).isEqualTo("POSITION_MOVED");
    assertThat(one.events()).hasSize(5);
  }

  private static String failure(Future<?> answer) {
    return answer
        .map("none")
        .recover(failure -> Future.succeededFuture(((Fault) failure).reason()))
        .timeout(20, TimeUnit.SECONDS)
        .await();
  }

  @Test
  void shouldTakeNothingTwiceWhenEveryRecordComesAgain() throws Exception {
    long first = -1;
    for (int i = 0; i < 10; i++) {
      // Twice in a row, twice in a batch, and again under later offsets.
      var values = new ArrayList<>(values(0, i * 20L, i * 20L + 20));
      values.addAll(values(0, i * 20L, i * 20L + 20));
      one.handle(slice(0, first, i * 80L, values));
      one.handle(slice(0, i * 80L + 40, i * 80L + 40, values));
      first = (i + 1) * 80L;
    }
    assertThat(one.events()).hasSize(200).doesNotHaveDuplicates();
    assertThat(one.gaps()).isEmpty();
  }

  @Test
  void shouldTakeNothingTwiceWhenEverythingComesAgainLaterFromTheBeginning() throws Exception {
    one.handle(slice(0, -1, 0, values(0, 0, 300)), slice(1, -1, 0, values(1, 0, 300)));
    one.execute("delete from consumer_positions");
    // Another process, which remembers nothing.
    other.handle(slice(0, -1, 0, values(0, 0, 400)), slice(1, -1, 0, values(1, 0, 100)));
    assertThat(one.events()).hasSize(700).doesNotHaveDuplicates().isSorted();
    assertThat(one.gaps()).isEmpty();
  }

  @Test
  void shouldKeepAStreamInItsLaneWhenItsEventsComeFromAnotherPartition() throws Exception {
    one.handle(slice(0, -1, 0, List.of(event("a-1"))));
    one.execute("update streams set lane = 101 - (lane - 100)");
    one.execute("update events set lane = 101 - (lane - 100)");
    one.execute("update lanes set next_position = 3 - next_position where lane >= 100");
    one.handle(slice(0, 1, 1, List.of(event("a-2"))));
    assertThat(one.events()).containsExactly("a-1", "a-2");
    assertThat(one.strings("select count(distinct lane) from events")).containsExactly("1");
    assertThat(one.gaps()).isEmpty();
  }
}
