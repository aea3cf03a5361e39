// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.at;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;

import com.google.protobuf.ByteString;
import com.sun.management.OperatingSystemMXBean;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.testkit.TestPostgres;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast durable appends are, with fsync; {@code bin/bench AppendBenchmark} runs it. Each append
 * has two events, a snapshot of 600 bytes and the workflow's row, as a workflow's have.
 */
@Tag("benchmark")
class AppendBenchmark {
  static {
    System.setProperty("testkit.fsync", System.getProperty("testkit.fsync", "true"));
  }

  private static final int SECONDS = Integer.getInteger("bench.seconds", 4);
  private static final byte[] STATE = new byte[600];

  private final TestPostgres.Database database = TestPostgres.freshDatabase();

  @Test
  void latencyOfOneClientAndThroughputOfMany() throws Exception {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      measure(adapter, 16, "warm-up");
      for (int round = 1; round <= 2; round++) {
        measure(adapter, 1, "round " + round);
        measure(adapter, 64, "round " + round);
      }
    }
  }

  private void measure(RunningDbAdapter adapter, int clients, String round) throws Exception {
    LogServiceBlockingStub log = LogServiceGrpc.newBlockingStub(adapter.channel());
    var nanos = new ConcurrentLinkedQueue<Long>();
    long ours = processCpuNanos();
    long theirs = databaseCpuNanos();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    var threads = new Thread[clients];
    for (int i = 0; i < clients; i++) {
      threads[i] =
          Thread.ofVirtual()
              .start(() -> {
                while (System.nanoTime() < end) {
                  workflow(log, nanos);
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "%s: %d clients, %d appends/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms,"
            + " CPU per append: %d us here (clients too), %d us in PostgreSQL%n",
        round,
        clients,
        sorted.length / SECONDS,
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        sorted[sorted.length - 1] / 1e6,
        (processCpuNanos() - ours) / 1000 / sorted.length,
        (databaseCpuNanos() - theirs) / 1000 / sorted.length);
  }

  private static long processCpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Of the sessions that serve the adapter, as Linux tells it; 0 elsewhere. */
  private long databaseCpuNanos() throws Exception {
    long ticks = 0;
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select pid from pg_stat_activity where application_name = 'omnibridge-db-adapter'"
                    + " and datname = current_database()")) {
      while (rows.next()) {
        var stat = Path.of("/proc", rows.getString(1), "stat");
        if (Files.exists(stat)) {
          String[] fields = Files.readString(stat).replaceFirst("^.*\\) ", "").split(" ", -1);
          ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
      }
    }
    return ticks * 10_000_000;
  }

  /** Four appends, eight events. */
  private static void workflow(LogServiceBlockingStub log, ConcurrentLinkedQueue<Long> nanos) {
    var run = run();
    timed(log, nanos, append(state(first(run, 2))).addRows(Given.workflow(row(run, 2))));
    timed(log, nanos, append(state(at(run, 2, 2))));
    timed(log, nanos, append(state(at(run, 4, 2))));
    timed(
        log,
        nanos,
        append(state(at(run, 6, 2)))
            .addRows(Given.workflow(row(run, 8).setState("COMPLETED").setFinished(true))));
  }

  private static StreamAppend state(StreamAppend append) {
    return append.toBuilder()
        .setSnapshot(Snapshot.newBuilder().setSchema(1).setState(ByteString.copyFrom(STATE)))
        .build();
  }

  private static void timed(
      LogServiceBlockingStub log,
      ConcurrentLinkedQueue<Long> nanos,
      AppendRequest.Builder request) {
    long began = System.nanoTime();
    var unused = log.append(request.build());
    nanos.add(System.nanoTime() - began);
  }
}
