// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceBlockingStub;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Stamps of new texts of 4 KiB, durable, with fsync: one client, and 64 at the same time, as fast
 * as it goes and at a fixed rate, where a call's time counts from when it was due. The services are
 * in one process, as in {@code ./bridge up}; so are the clients, by the in-process transport and
 * over TCP.
 */
@Tag("benchmark")
class StampBenchmark {
  static {
    System.setProperty("testkit.fsync", System.getProperty("testkit.fsync", "true"));
  }

  private static final int CLIENTS = 64;
  private static final int RATE = Integer.getInteger("bench.rate", 5_000);
  private static final int PERIOD = Integer.getInteger("bench.seconds", 10);
  private static final String TEXT = text();

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final AtomicLong stamped = new AtomicLong();

  @Test
  void newTextsOfFourKibibytes() throws Exception {
    Vertx vertx = Vertx.vertx();
    Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    vertx
        .deployVerticle(new DbAdapterVerticle(DbAdapterConfig.from(env()), edge))
        .await(30, SECONDS);
    vertx.deployVerticle(new StampingVerticle(StampingConfig.from(env()), edge)).await(10, SECONDS);
    int port = edge.bind().await(5, SECONDS);
    edge.serve();
    measure("in process", edge.peer(Peer.STAMPING));
    measure("over TCP", edge.at("127.0.0.1:" + port));
    edge.close().await(10, SECONDS);
    vertx.close().await(20, SECONDS);
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from metadata_stamps")) {
      rows.next();
      assertThat(rows.getLong(1)).isEqualTo(stamped.get());
    }
  }

  private void measure(String name, Channel channel) throws Exception {
    run(name + ", warm-up", channel, CLIENTS, 0, Math.max(5, PERIOD / 2));
    run(name + ", 1 client", channel, 1, 0, PERIOD);
    run(name + ", 64 clients", channel, CLIENTS, 0, PERIOD);
    run(name + ", 64 clients at " + RATE + "/s", channel, CLIENTS, RATE, PERIOD);
  }

  /** A rate of 0: everybody calls again at once. */
  private void run(String name, Channel channel, int clients, int rate, int seconds)
      throws Exception {
    var histogram = new ConcurrentHistogram(3);
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    long began = System.nanoTime();
    var threads = new Thread[clients];
    for (int i = 0; i < clients; i++) {
      int client = i;
      var stub = StampingServiceGrpc.newBlockingStub(channel);
      threads[i] =
          Thread.ofVirtual()
              .start(() -> call(stub, client, clients, began, rate, seconds, histogram));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - began) / 1e9;
    long count = histogram.getTotalCount();
    stamped.addAndGet(count);
    System.out.printf(
        "%-36s %6.0f/s  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms  CPU %.0f us each%n",
        name,
        count / took,
        millis(histogram, 50),
        millis(histogram, 90),
        millis(histogram, 99),
        millis(histogram, 99.9),
        millis(histogram, 100),
        (system.getProcessCpuTime() - cpu) / 1e3 / Math.max(1, count));
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }

  private static void call(
      StampingServiceBlockingStub service,
      int client,
      int clients,
      long began,
      int rate,
      int seconds,
      Histogram into) {
    long end = began + TimeUnit.SECONDS.toNanos(seconds);
    long count = rate == 0 ? Long.MAX_VALUE : (long) rate * seconds / clients;
    for (long i = 0; i < count; i++) {
      CreateStampRequest request = request(began + "/" + client + "/" + i);
      long due = System.nanoTime();
      if (rate > 0) {
        due = began + (long) ((i * clients + client) * 1e9 / rate);
        while (System.nanoTime() - due < 0) {
          LockSupport.parkNanos(Math.max(1, due - System.nanoTime()));
        }
      } else if (due - end > 0) {
        return;
      }
      assertThat(service.createStamp(request).getExisted()).isFalse();
      into.recordValue(System.nanoTime() - due);
    }
  }

  private static CreateStampRequest request(String name) {
    return CreateStampRequest.newBuilder()
        .setContent(ByteString.copyFromUtf8(name + "\n" + TEXT.substring(name.length() + 1)))
        .setOptions(StampOptions.newBuilder().setNamespace("bench").setFilePath(name + ".txt"))
        .build();
  }

  private static String text() {
    var random = new Random(1);
    var text = new StringBuilder();
    while (text.length() < 4096) {
      text.append("word")
          .append(random.nextInt(1_000_000))
          .append(random.nextInt(9) == 0 ? '\n' : ' ');
    }
    return text.substring(0, 4096);
  }

  private Env env() {
    return Env.of(
        Map.of(
            "PGHOST", database.host(),
            "PGPORT", Integer.toString(database.port()),
            "PGUSER", database.user(),
            "PGPASSWORD", database.password(),
            "PGDATABASE", database.name(),
            "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
            "DB_ADAPTER_INBOX", "false"));
  }
}
