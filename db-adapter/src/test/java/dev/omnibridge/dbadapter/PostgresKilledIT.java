// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL is killed with all its children under load, and comes back on its data, with fsync.
 */
class PostgresKilledIT {
  private static final int CALLERS = 16;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Seeds seeds = Seeds.fromProperty();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Test
  void shouldLoseNothingWhenPostgresIsKilledUnderLoad() throws Exception {
    kill(2, 300);
  }

  @Test
  @Tag("long")
  void shouldLoseNothingWhenPostgresIsKilledTwentyTimes() throws Exception {
    kill(20, 3_000);
  }

  private void kill(int times, int most) throws Exception {
    var random = seeds.random("kills");
    var environment = TestKafka.uniquePrefix() + "env";
    var starts = new ArrayList<Long>();
    var recoveries = new ArrayList<Long>();
    try (var postgres = new OwnPostgres(directory)) {
      TestPostgres.Database database = postgres.database();
      try (var adapter =
          Settings.of(database)
              .with("OMNIBRIDGE_ENVIRONMENT", environment)
              .with("KAFKA_BOOTSTRAP_SERVERS", TestKafka.bootstrapServers())
              .start(database)) {
        var load = Load.start(CALLERS, adapter::channel);
        try (load) {
          for (int i = 0; i < times; i++) {
            answers(load, random.nextInt(50, most));
            long killed = System.nanoTime();
            postgres.kill();
            postgres.startAgain();
            long back = System.nanoTime();
            answers(load, 1);
            starts.add(TimeUnit.NANOSECONDS.toMillis(back - killed));
            recoveries.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back));
          }
          answers(load, 100);
        }
        System.out.printf(
            "kill -9 of PostgreSQL, %d times: back after %s ms, then the first answer after %s ms,"
                + " median %d%n",
            times, starts, recoveries, median(recoveries));
        long events = load.check("kill -9 of PostgreSQL", database);
        relayed(adapter, environment + ".omninode-bridge.workflow.events.v1", events, database);
      }
    }
  }

  private void answers(Load load, long more) {
    long from = load.acknowledged();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> load.failed() || load.acknowledged() >= from + more);
  }

  private static long median(List<Long> values) {
    var sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  /** Every event is in Kafka; one may come twice, the first ones in the order of their stream. */
  private void relayed(
      RunningDbAdapter adapter, String topic, long events, TestPostgres.Database database)
      throws SQLException {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> adapter.verticle().backlog().await(5, TimeUnit.SECONDS),
            left -> left.events() == 0);
    var records = RecordReader.ofTestKafka().readAll(topic);
    Map<String, Set<String>> streams = new HashMap<>();
    for (var found : records) {
      var unused =
          streams
              .computeIfAbsent(header(found, EventHeaders.STREAM), _ -> new LinkedHashSet<>())
              .add(header(found, EventHeaders.ID));
    }
    long distinct = streams.values().stream().mapToLong(Set::size).sum();
    System.out.printf(
        "kill -9 of PostgreSQL: %d records in Kafka for %d events, %d of them different%n",
        records.size(), events, distinct);
    assertThat(distinct).as(seeds.hint()).isEqualTo(events);
    var log = LogRows.read(database);
    streams.forEach((stream, ids) ->
        assertThat(new ArrayList<>(ids))
            .as("%s; %s", stream, seeds.hint())
            .isEqualTo(log.eventsOf(stream.substring(stream.lastIndexOf('/') + 1))));
  }

  private static String header(ConsumerRecord<String, byte[]> found, String name) {
    return new String(found.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
