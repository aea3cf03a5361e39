// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.bench.ForeignLoad;
import dev.omnibridge.dbadapter.bench.ProcessorTime;
import dev.omnibridge.dbadapter.bench.Report;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Events of 500 bytes from Kafka into the log, with dedupe, position and all indexes, on default
 * settings with fsync: a backlog, a steady stream, and the lag at 1,000/s. Producer, broker,
 * db-adapter and PostgreSQL share the machine. The lag of an event counts from when it was due to
 * be sent, however late it was sent, to when its position is seen by another session.
 */
@Tag("benchmark")
class InboxBenchmark {
  static {
    System.setProperty("testkit.fsync", System.getProperty("testkit.fsync", "true"));
  }

  private static final int PARTITIONS = 6;
  private static final int EVENTS = Integer.getInteger("bench.events", 1_000_000);
  private static final int KEYS = Integer.getInteger("bench.keys", 1_000);
  private static final int STEADY = Integer.getInteger("bench.rate", 40_000);
  private static final int SECONDS = Integer.getInteger("bench.seconds", 20);
  private static final int LAG_RATE = 1_000;
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final String topic = environment + ".omninode-bridge.metadata.events.v1";
  private final Report report = new Report("inbox");

  @Test
  void fromKafkaIntoTheLog() throws Exception {
    TestKafka.createTopics(PARTITIONS, topic);
    report.put("seed", seeds.hint());
    report.put("keys", KEYS);
    try (var load =
        new ForeignLoad(
            TestKafka.bootstrapServers(), topic, PARTITIONS, KEYS, seeds.random("load"))) {
      load.produce(EVENTS);
      try (var adapter = adapter()) {
        assertThat(adapter.config().inbox()).isTrue();
        drain();
        steady(load, "steady", STEADY, SECONDS);
        steady(load, "warm-up of the lag", LAG_RATE, 3);
        steady(load, "lag", LAG_RATE, SECONDS);
        verify(load.produced());
      }
    }
    report.write();
  }

  private RunningDbAdapter adapter() {
    return RunningDbAdapter.start(
        database, config -> Given.withInbox(config, environment, TestKafka.bootstrapServers()));
  }

  /** From the start of the consumer, which has to find its group and its partitions first. */
  private void drain() throws Exception {
    var before = ProcessorTime.now(database);
    var curve = new ArrayList<double[]>();
    try (var eyes = new Eyes(database)) {
      while (eyes.stored() < EVENTS) {
        assertThat(System.nanoTime() - before.nanos()).isLessThan(LIMIT_NANOS);
        curve.add(new double[] {(System.nanoTime() - before.nanos()) / 1e9, eyes.stored()});
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    var after = ProcessorTime.now(database);
    double seconds = (after.nanos() - before.nanos()) / 1e9;
    report.put("backlog: events/s", Math.round(EVENTS / seconds));
    report.put("backlog: CPU us per event", after.since(before, EVENTS));
    report.plot("backlog", "s", "events", List.of(new Report.Curve("stored", curve)));
  }

  private void steady(ForeignLoad load, String name, int rate, int seconds) throws Exception {
    var before = ProcessorTime.now(database);
    long[][] due = new long[PARTITIONS][];
    long[] base = new long[PARTITIONS];
    try (var eyes = new Eyes(database)) {
      System.arraycopy(eyes.positions(), 0, base, 0, PARTITIONS);
      for (int i = 0; i < PARTITIONS; i++) {
        due[i] = new long[rate * seconds];
      }
      int[] sent = new int[PARTITIONS];
      var histogram = new Histogram(3);
      var producing =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  load.produce(
                      (long) rate * seconds,
                      rate,
                      (number, at) -> {
                        int partition = load.partition(number);
                        due[partition][sent[partition]++] = at;
                      });
                } catch (Exception failure) {
                  throw new IllegalStateException(failure);
                }
              });
      long produced = watch(eyes, due, base, (long) rate * seconds, rate, histogram);
      producing.join();
      var after = ProcessorTime.now(database);
      report.put(
          name + ": events/s", Math.round(produced / ((after.nanos() - before.nanos()) / 1e9)));
      report.put(name + ": CPU us per event", after.since(before, produced));
      report.put(name + ": lag, ms", histogram);
    }
  }

  /** Looks every millisecond at a low rate, every five at a high one. */
  private static long watch(
      Eyes eyes, long[][] due, long[] base, long count, int rate, Histogram histogram)
      throws SQLException {
    long seen = 0;
    long[] passed = base.clone();
    long began = System.nanoTime();
    while (seen < count) {
      long[] positions = eyes.positions();
      long now = System.nanoTime();
      assertThat(now - began).isLessThan(LIMIT_NANOS);
      for (int i = 0; i < positions.length; i++) {
        for (; passed[i] < positions[i]; passed[i]++) {
          histogram.recordValue(Math.max(0, now - due[i][(int) (passed[i] - base[i])]));
          seen++;
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(rate > LAG_RATE ? 5 : 1));
    }
    return seen;
  }

  /** Every event once, every stream without a gap. */
  private void verify(long produced) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      try (var rows =
          statement.executeQuery(
              """
              select (select count(*) from events), (select sum(version) from streams),
                     (select sum(next_position - 1) from lanes),
                     (select count(*) from dead_letters)
              """)) {
        rows.next();
        assertThat(rows.getLong(1)).isEqualTo(produced);
        assertThat(rows.getLong(2)).isEqualTo(produced);
        assertThat(rows.getLong(3)).isEqualTo(produced);
        assertThat(rows.getLong(4)).isZero();
      }
      var indexes = new ArrayList<String>();
      try (var rows =
          statement.executeQuery(
              """
              select i.indexdef, pg_relation_size(c.oid) >> 20 as mib from pg_indexes i
                join pg_class c on c.relname = i.indexname
               where i.tablename ~ '^events_.*[0-9]$' and pg_relation_size(c.oid) > 0
                 and i.tablename = (select tableoid::regclass::text from events limit 1)
              """)) {
        while (rows.next()) {
          indexes.add(rows.getString(1) + " (" + rows.getLong(2) + " MiB)");
        }
      }
      report.put("indexes", indexes);
    }
  }

  /** What another session sees of the positions. */
  private static final class Eyes implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement query;

    Eyes(TestPostgres.Database database) throws SQLException {
      connection = database.connect();
      query = connection.prepareStatement("select partition, next_offset from consumer_positions");
    }

    /** By partition; the topic with other partitions has no records. */
    long[] positions() throws SQLException {
      long[] positions = new long[PARTITIONS];
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          positions[rows.getInt(1)] += rows.getLong(2);
        }
      }
      return positions;
    }

    long stored() throws SQLException {
      long sum = 0;
      for (long position : positions()) {
        sum += position;
      }
      return sum;
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
