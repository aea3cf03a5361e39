// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long the events of one correlation id take among many, over gRPC and HTTP/2 on loopback: open
 * loop, timed from when a question was due. The rows are made by the server itself, spread over the
 * partitions of two classes, the events of 64 runs interleaved as they come in life, in lanes that
 * no relay looks at. Full size: {@code bin/bench EventQueryBenchmark -Dbench.rows=10000000}.
 * Results in target/benchmarks.
 */
@Tag("benchmark")
class EventQueryBenchmark {
  private static final long ROWS = Long.getLong("bench.rows", 1_000_000L);
  private static final int RATE = Integer.getInteger("bench.rate", 500);
  private static final int ROUND_SECONDS = Integer.getInteger("bench.seconds", 20);
  private static final int EVENTS_OF_A_RUN = 10;
  private static final int LOADERS = 2;
  private static final long CHUNK = 20_000;
  private static final Path RESULTS = Path.of("target", "benchmarks");

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final long runs = ROWS / EVENTS_OF_A_RUN;

  /** Times of runs are spread over the months from the last one to two ahead. */
  private static final String MAKE_FUNCTIONS =
      """
      create function bench_id(run bigint, salt text) returns uuid language sql immutable as $$
        select (lpad(to_hex(1790000000000 + run * 9), 12, '0') || '7'
                || substr(md5(salt || run), 1, 3) || '8' || substr(md5(salt || run), 4, 15))::uuid
      $$;
      create function bench_load(first bigint, last bigint, runs bigint) returns void
      language sql as $$
        insert into events (
          event_id, occurred_at, recorded_at, retention, stream_key, kind, namespace, stream_id,
          version, lane, position, type, topic, correlation_id, causation_id, session_id, body)
        select bench_id(r * 10 + j, 'e'), t, t, case when j < 8 then 'long' else 'standard' end,
               bench_id(r, case when j < 8 then 's' else 'a' end),
               case when j < 8 then 'workflow' else 'analysis' end, 'default',
               bench_id(r, 'r')::text, case when j < 8 then j + 1 else j - 7 end,
               100 + (r % 2)::int, (r + 64 * j) * 16 + j + 1,
               case j when 0 then 'dev.omnibridge.workflow.started.v1'
                      when 7 then 'dev.omnibridge.workflow.completed.v1'
                      when 8 then 'dev.omnibridge.intelligence.requested.v1'
                      when 9 then 'dev.omnibridge.intelligence.completed.v1'
                      else 'dev.omnibridge.workflow.step-completed.v1' end,
               'dev.omninode-bridge.workflow.events.v1', bench_id(r, 'c'),
               case when j >= 8 then bench_id(r * 10 + 2, 'e') end, bench_id(r / 20, 'n'),
               convert_to('{"envelope_version":"1.0","event_id":"' || bench_id(r * 10 + j, 'e')
                 || '","correlation_id":"' || bench_id(r, 'c') || '","payload":{"workflow_id":"order-'
                 || r || '","step_id":"/do/' || j || '/call","step_type":"call","status":"completed",'
                 || '"output":{"a":"' || md5(r::text) || md5(j::text) || '","b":"' || md5('b' || r)
                 || md5('c' || r) || md5('d' || r) || md5('e' || r) || '"}},"metadata":{}}', 'UTF8')
          from (select r, j,
                       date_trunc('month', now()) - interval '1 month' + interval '115 days'
                         * (r::float8 / runs) + j * interval '3 ms' as t
                  from generate_series(first, last) as r, generate_series(0, 9) as j
                 order by r + 64 * j) as made
      $$;
      """;

  @Test
  void queryByCorrelationId() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      load();
      String address = "127.0.0.1:" + adapter.edge().bind().await(5, SECONDS);
      Edge client =
          Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(Peer.DB_ADAPTER, address)));
      try {
        var log = LogServiceGrpc.newBlockingStub(client.peer(Peer.DB_ADAPTER));
        var unused = measure(log, byCorrelation(RATE * 5, "warm-up"), RATE, EVENTS_OF_A_RUN);
        for (int round = 1; round <= 3; round++) {
          String what = "correlation, round " + round;
          var questions = byCorrelation(RATE * ROUND_SECONDS, what);
          report(what, RATE, measure(log, questions, RATE, EVENTS_OF_A_RUN), round == 3);
        }
        int rate = RATE / 25;
        report("type in an hour", rate, measure(log, byTime(rate * 10, "time"), rate, 1), false);
      } finally {
        client.close().await(10, SECONDS);
      }
    } finally {
      vertx.close().await(20, SECONDS);
    }
  }

  private void load() throws Exception {
    long began = System.nanoTime();
    execute(MAKE_FUNCTIONS);
    // Each loader has its own months, so that rows lie in the order of their time, as in life.
    long half = (runs + LOADERS - 1) / LOADERS;
    try (var loaders = Executors.newFixedThreadPool(LOADERS)) {
      var loaded = new ArrayList<Future<?>>();
      for (long first = 0; first < runs; first += half) {
        long from = first;
        long to = Math.min(runs, first + half);
        loaded.add(
            loaders.submit(() -> {
              load(from, to);
              return true;
            }));
      }
      for (Future<?> part : loaded) {
        var unused = part.get();
      }
    }
    execute("update lanes set next_position = %d where lane >= 100".formatted((runs + 1_000) * 16));
    execute("vacuum (analyze) events");
    execute("checkpoint");
    System.out.printf(
        "%d rows in %d s; %s%n",
        runs * EVENTS_OF_A_RUN,
        NANOSECONDS.toSeconds(System.nanoTime() - began),
        text(
            "select pg_size_pretty(sum(pg_table_size(relid))) || ' of tables, '"
                + " || pg_size_pretty(sum(pg_indexes_size(relid))) || ' of indexes'"
                + " from pg_partition_tree('events') where isleaf"));
  }

  private void load(long from, long to) throws SQLException {
    for (long first = from; first < to; first += CHUNK) {
      execute(
          "select bench_load(%d, %d, %d)".formatted(first, Math.min(to, first + CHUNK) - 1, runs));
    }
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute("set synchronous_commit = off");
      statement.execute(sql);
    }
  }

  private String text(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Any of them, evenly, so hardly one twice: what is not in memory has to be read. */
  private List<QueryEventsRequest> byCorrelation(int count, String salt) throws SQLException {
    var questions = new ArrayList<QueryEventsRequest>();
    try (var connection = database.connect();
        var statement = connection.prepareStatement("select bench_id(unnest(?::bigint[]), 'c')")) {
      Long[] picked = random(salt).longs(count, 0, runs).boxed().toArray(Long[]::new);
      statement.setArray(1, connection.createArrayOf("bigint", picked));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var question = QueryEventsRequest.newBuilder().setCorrelationId(rows.getString(1));
          questions.add(question.build());
        }
      }
    }
    return questions;
  }

  /** The first hundred of a type in an hour. */
  private List<QueryEventsRequest> byTime(int count, String salt) throws SQLException {
    long first =
        Long.parseLong(text("select extract(epoch from min(occurred_at))::bigint from events"));
    return random(salt)
        .longs(count, first, first + 114L * 86_400)
        .mapToObj(second ->
            QueryEventsRequest.newBuilder()
                .setSince(Timestamp.newBuilder().setSeconds(second))
                .setUntil(Timestamp.newBuilder().setSeconds(second + 3_600))
                .setType("dev.omnibridge.workflow.completed.v1")
                .setOldestFirst(true)
                .build())
        .toList();
  }

  private static Random random(String salt) {
    return new Random(20261121L + salt.hashCode());
  }

  private Histogram measure(
      LogServiceBlockingStub log, List<QueryEventsRequest> questions, int rate, int least)
      throws Exception {
    var nanos = new ConcurrentHistogram(3);
    long began = System.nanoTime();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Future<?>>();
      for (int i = 0; i < questions.size(); i++) {
        long due = began + i * (SECONDS.toNanos(1) / rate);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        QueryEventsRequest question = questions.get(i);
        asked.add(
            callers.submit(() -> {
              assertThat(log.queryEvents(question).getEventsCount()).isGreaterThanOrEqualTo(least);
              nanos.recordValue(System.nanoTime() - due);
            }));
      }
      for (Future<?> answer : asked) {
        var unused = answer.get(30_000, MILLISECONDS);
      }
    }
    return nanos;
  }

  private void report(String what, int rate, Histogram nanos, boolean keep) throws Exception {
    System.out.printf(
        "%s: %d rows, %d questions/s, p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max"
            + " %.1f ms%n",
        what,
        ROWS,
        rate,
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(90) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getValueAtPercentile(99.9) / 1e6,
        nanos.getMaxValue() / 1e6);
    if (keep) {
      Files.createDirectories(RESULTS);
      var plot = new LatencyPlot("Events of one correlation id among " + ROWS + " rows", nanos);
      Files.writeString(
          RESULTS.resolve("event-query.json"),
          plot.json(Map.of("rows", ROWS, "rate", (long) rate)));
      Files.writeString(RESULTS.resolve("event-query.svg"), plot.svg());
    }
  }
}
