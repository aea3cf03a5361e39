// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.dbadapter.store.Backlog;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.Retirement;
import dev.omnibridge.dbadapter.stream.TopicRanges;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Months go once everything in them has been to Kafka and was read from it, by a real one. */
class RelayedRetirementIT {
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();
  private final RunningDbAdapter adapter =
      RunningDbAdapter.start(
          database, config -> Given.withInbox(config, environment, TestKafka.bootstrapServers()));
  private final Pool pool = new Database(vertx, adapter.config().postgres()).pool(2, true);
  private final OffsetDateTime later = OffsetDateTime.now(java.time.ZoneOffset.UTC).plusDays(470);

  @AfterEach
  void stop() {
    wait(pool.close());
    wait(vertx.close());
    adapter.close();
  }

  private static <T> T wait(Future<T> future) {
    return future.timeout(30, TimeUnit.SECONDS).await();
  }

  private LogServiceBlockingStub log() {
    return LogServiceGrpc.newBlockingStub(adapter.channel());
  }

  private StreamName write(boolean finished) {
    var run = run();
    StateRow row = Given.workflow(row(run, 3).setFinished(finished));
    var unused = log().append(append(first(run, 3)).addRows(row).build());
    return run;
  }

  private int left(StreamName run) {
    return log().readStream(ReadStreamRequest.newBuilder().setStream(run).build()).getEventsCount();
  }

  private List<String> topics() {
    return List.copyOf(Catalogue.load().topicsOf(environment).keySet());
  }

  @Test
  void shouldRetireWhatIsRelayedAndRead() {
    var finished = write(true);
    var sleeping = write(false);
    var ranges = new TopicRanges(vertx, TestKafka.bootstrapServers(), topics());
    var retirement = new Retirement(pool, Map.of("long", Duration.ofDays(400)), ranges::read);

    // The inbox stores positions of our own records about once a second, with the next record.
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(() -> {
          var more = write(false);
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> wait(adapter.verticle().backlog()).equals(new Backlog(0, 0)));
          wait(retirement.pass(later));
          assertThat(left(more)).isEqualTo(3);
          var gone = catchThrowable(() -> left(finished));
          assertThat(gone).isNotNull();
          assertThat(Statuses.faultOf(gone).reason()).isEqualTo("EVENTS_EXPIRED");
        });

    assertThat(left(sleeping)).isEqualTo(3);
    var held = wait(ranges.read());
    assertThat(held.ranges()).extracting(range -> range.begin()).containsOnly(0L);
    assertThat(held.ranges().stream().mapToLong(range -> range.end()).sum())
        .isGreaterThanOrEqualTo(9);
    assertThat(held.clusterId()).isNotEmpty();
  }

  @Test
  void shouldFailToAskAKafkaThatIsAway() {
    long began = System.nanoTime();
    var asked = new TopicRanges(vertx, "127.0.0.1:1", topics()).read();
    assertThat(catchThrowable(() -> wait(asked))).isNotNull();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(12));
  }
}
