// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.at;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StreamAppend;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast durable appends are, with fsync: {@code mvn verify -pl db-adapter -Dgroups=benchmark}.
 * Each append has two events, a snapshot of 600 bytes and the workflow's row, as a workflow's have.
 */
@Tag("benchmark")
class AppendBenchmark {
  static {
    System.setProperty("testkit.fsync", "true");
  }

  private static final int SECONDS = Integer.getInteger("bench.seconds", 4);
  private static final byte[] STATE = new byte[600];

  @Test
  void latencyOfOneClientAndThroughputOfMany() throws Exception {
    try (var adapter =
        RunningDbAdapter.start(
            dev.omnibridge.testkit.TestPostgres.freshDatabase(), config -> config)) {
      measure(adapter, 16, "warm-up");
      for (int round = 1; round <= 2; round++) {
        measure(adapter, 1, "round " + round);
        measure(adapter, 64, "round " + round);
      }
    }
  }

  private static void measure(RunningDbAdapter adapter, int clients, String round)
      throws InterruptedException {
    LogServiceBlockingStub log = LogServiceGrpc.newBlockingStub(adapter.channel());
    var nanos = new ConcurrentLinkedQueue<Long>();
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
        "%s: %d clients, %d appends/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms%n",
        round,
        clients,
        sorted.length / SECONDS,
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        Arrays.stream(sorted).max().orElse(0) / 1e6);
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
