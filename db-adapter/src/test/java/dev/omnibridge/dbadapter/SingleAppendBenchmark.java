// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.dbadapter.bench.ProcessorTime;
import dev.omnibridge.dbadapter.bench.Report;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Appends of one event of 500 bytes to a new stream by 64 callers at the same time, durable, with
 * fsync, over gRPC: within the process, as in {@code ./bridge up}, and over TCP. As fast as it
 * goes, and at a fixed rate, where a call's time counts from when it was due, however late it was
 * made.
 */
@Tag("benchmark")
class SingleAppendBenchmark {
  static {
    System.setProperty("testkit.fsync", System.getProperty("testkit.fsync", "true"));
  }

  private static final int CALLERS = 64;
  private static final int RATE = Integer.getInteger("bench.rate", 15_000);
  private static final int SECONDS = Integer.getInteger("bench.seconds", 10);

  /** On two cores the compilers are busy for that long. */
  private static final int WARM_UP_SECONDS = Integer.getInteger("bench.warmup", 20);

  private static final String WRITERS = System.getProperty("bench.writers", "2");

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Report report = new Report("append");
  private final AtomicLong appended = new AtomicLong();

  @Test
  void singleEventStreamsBySixtyFourCallers() throws Exception {
    var settings = Settings.of(database).with("DB_ADAPTER_WRITERS", WRITERS);
    try (var adapter = settings.start(database)) {
      measure("warm-up", adapter.channel(), 0, WARM_UP_SECONDS);
      measure("in process, as fast as it goes", adapter.channel(), 0, SECONDS);
      measure("in process, at the rate", adapter.channel(), RATE, SECONDS);
      var network = adapter.network();
      measure("warm-up over TCP", network, 0, WARM_UP_SECONDS);
      measure("over TCP, as fast as it goes", network, 0, SECONDS);
      measure("over TCP, at the rate", network, RATE, SECONDS);
    }
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from events")) {
      rows.next();
      assertThat(rows.getLong(1)).isEqualTo(appended.get());
    }
    report.write();
  }

  /** A rate of 0: everybody calls again at once. */
  private void measure(String name, Channel channel, int rate, int seconds) throws Exception {
    LogServiceBlockingStub log = LogServiceGrpc.newBlockingStub(channel);
    var histogram = new ConcurrentHistogram(3);
    var before = ProcessorTime.now(database);
    var threads = new Thread[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
      int caller = i;
      threads[i] =
          Thread.ofVirtual()
              .start(() -> call(log, caller, before.nanos(), rate, seconds, histogram));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    var after = ProcessorTime.now(database);
    long count = histogram.getTotalCount();
    appended.addAndGet(count);
    report.put(name + ": appends/s", Math.round(count / ((after.nanos() - before.nanos()) / 1e9)));
    report.put(name + ": ms", histogram);
    report.put(name + ": CPU us per append", after.since(before, count));
  }

  private static void call(
      LogServiceBlockingStub log, int caller, long began, int rate, int seconds, Histogram into) {
    long end = began + TimeUnit.SECONDS.toNanos(seconds);
    long count = rate == 0 ? Long.MAX_VALUE : (long) rate * seconds / CALLERS;
    for (long i = 0; i < count; i++) {
      AppendRequest request = append(first(run(), 1)).build();
      long due = System.nanoTime();
      if (rate > 0) {
        due = began + (long) ((i * CALLERS + caller) * 1e9 / rate);
        while (System.nanoTime() - due < 0) {
          LockSupport.parkNanos(Math.max(1, due - System.nanoTime()));
        }
      } else if (due - end > 0) {
        return;
      }
      var unused = log.append(request);
      into.recordValue(System.nanoTime() - due);
    }
  }
}
