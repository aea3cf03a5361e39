// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.dbadapter.bench.ForeignLoad;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kafka to PostgreSQL while something goes wrong: every event once, in order, none given up. */
class InboxFaultsIT {
  private static final int PARTITIONS = 6;
  private static final int KEYS = 50;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final String topic = environment + ".omninode-bridge.metadata.events.v1";

  @BeforeEach
  void createTopic() {
    TestKafka.createTopics(PARTITIONS, topic);
  }

  private RunningDbAdapter adapter(TestPostgres.Database reached) {
    return RunningDbAdapter.start(
        reached, config -> Given.withInbox(config, environment, TestKafka.bootstrapServers()));
  }

  private ForeignLoad load() {
    return new ForeignLoad(
        TestKafka.bootstrapServers(), topic, PARTITIONS, KEYS, seeds.random("load"));
  }

  private TestPostgres.Database through(FaultProxy proxy) {
    return new TestPostgres.Database(
        database.host(),
        proxy.port(),
        database.user(),
        database.password(),
        database.name(),
        database.jdbcUrl());
  }

  private long number(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private long stored() throws SQLException {
    return number("select coalesce(sum(next_offset), 0) from consumer_positions");
  }

  private void verify(long produced, Duration limit) throws SQLException {
    await().atMost(limit).untilAsserted(() -> assertThat(stored()).isEqualTo(produced));
    assertThat(number("select count(*) from events")).as(seeds.hint()).isEqualTo(produced);
    assertThat(number("select count(distinct original_id) from events")).isEqualTo(produced);
    assertThat(number("select sum(version) from streams")).isEqualTo(produced);
    assertThat(number("select sum(next_position - 1) from lanes")).isEqualTo(produced);
    assertThat(number("select count(*) from dead_letters")).isZero();
    assertThat(number(OUT_OF_ORDER)).as("events out of their key's order").isZero();
  }

  private static final String OUT_OF_ORDER =
      """
      select count(*) from
        (select (event_json(body) #>> '{payload,number}')::bigint as number,
                lag((event_json(body) #>> '{payload,number}')::bigint)
                  over (partition by stream_key order by version) as before
           from events) as ordered
       where number <= before
      """;

  @Test
  void shouldTakeEveryEventOnceWhileItsConnectionsAreCut() throws Exception {
    var random = seeds.random("cuts");
    try (var proxy = FaultProxy.to(database.port());
        var adapter = adapter(through(proxy));
        var load = load()) {
      assertThat(adapter.config().inbox()).isTrue();
      for (int i = 0; i < 25; i++) {
        load.produce(400);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20 + random.nextInt(150)));
        proxy.cut();
      }
      verify(load.produced(), Duration.ofSeconds(60));
      System.out.println("25 cuts, " + load.produced() + " events");
    }
  }

  @Test
  void shouldWaitForADatabaseThatIsAwayAndGiveNoEventUp() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var adapter = adapter(through(proxy));
        var load = load()) {
      assertThat(adapter.config().inbox()).isTrue();
      load.produce(1_000);
      await().atMost(Duration.ofSeconds(60)).until(() -> stored() == 1_000);
      proxy.refuse();
      load.produce(5_000);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
      assertThat(stored()).isEqualTo(1_000);
      proxy.pass();
      verify(load.produced(), Duration.ofSeconds(60));
    }
  }

  @Test
  void shouldTakeEveryEventOnceWhenTwoAdaptersComeAndGo() throws Exception {
    try (var load = load();
        var first = adapter(database)) {
      load.produce(3_000);
      try (var second = adapter(database)) {
        assertThat(second.config()).isEqualTo(first.config());
        load.produce(3_000, 1_500, (_, _) -> {});
      }
      load.produce(3_000);
      verify(load.produced(), Duration.ofSeconds(60));
    }
  }

  @Test
  void shouldCatchUpWithABacklog() throws Exception {
    catchUp(30_000);
  }

  @Test
  @Tag("long")
  void shouldCatchUpWithAMillionEvents() throws Exception {
    catchUp(1_000_000);
  }

  /** Twice: the second time every record comes again, to a process that remembers nothing. */
  private void catchUp(int events) throws Exception {
    try (var load = load()) {
      load.produce(events);
    }
    for (int time = 1; time <= 2; time++) {
      long began = System.nanoTime();
      try (var adapter = adapter(database)) {
        assertThat(adapter.config().inbox()).isTrue();
        verify(events, Duration.ofMinutes(3));
      }
      System.out.printf(
          "%d events for the %d. time: %d ms with the checks%n",
          events, time, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
      if (time == 1) {
        try (var connection = database.connect();
            var statement = connection.createStatement()) {
          statement.execute("delete from consumer_positions");
        }
      }
    }
  }
}
