// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.run;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What db-adapter does and tells while PostgreSQL or Kafka is away, each alone. */
class DependenciesIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static HttpResponse<String> get(HttpClient http, int port, String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void shouldBeDegradedAndServeWhileOnlyKafkaIsAway(@TempDir Path directory) throws Exception {
    try (var rig = new OutboxRig(directory);
        var http = HttpClient.newHttpClient()) {
      var adapter = rig.adapter();
      int port = adapter.edge().bind().await(10, SECONDS);
      var runs = OutboxRig.runs(8);
      OutboxRig.write(adapter, runs);
      OutboxRig.drained(adapter);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(get(http, port, "/health").body()).contains("\"status\":\"UP\""));
      rig.kafka().stop();
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            OutboxRig.write(adapter, runs);
            var health = get(http, port, "/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body())
                .contains("\"status\":\"DEGRADED\"")
                .contains("\"omnibridge.log.v1.LogService\":\"SERVING\"")
                .contains("\"kafka\":\"takes no records")
                .contains("\"outbox\":\"");
          });
      assertThat(get(http, port, "/metrics").body())
          .containsPattern("omnibridge_outbox_backlog\\{lane=\"\\d\"} [1-9]")
          .containsPattern("omnibridge_outbox_lag_seconds\\{lane=\"\\d\"} [1-9]")
          .containsPattern(
              "omnibridge_breaker_opened_total\\{caller=\"outbox\",dependency=\"kafka\"} [1-9]")
          .contains(
              "omnibridge_breaker_state{caller=\"db-adapter\",dependency=\"postgresql\"} 0.0");
      rig.kafka().restart();
      OutboxRig.drained(adapter);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(get(http, port, "/health").body()).contains("\"status\":\"UP\""));
      // The lanes are looked at once a second.
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(get(http, port, "/metrics").body())
                  .contains("omnibridge_outbox_lag_seconds{lane=\"0\"} 0.0")
                  .containsPattern("omnibridge_outbox_relayed_total\\{lane=\"\\d\"} [1-9]"));
    }
  }

  private static Duration refusal(Runnable call) {
    long began = System.nanoTime();
    var refused = catchThrowableOfType(StatusRuntimeException.class, call::run);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertThat(Statuses.faultOf(refused).reason()).isEqualTo("DATABASE_AWAY");
    return took;
  }

  @Test
  void shouldFailFastWhilePostgresIsGoneAndWorkAgainSoonAfterwards() {
    postgresAway(true);
  }

  /** A silent network is found out by the limits of what was under way, which takes its time. */
  @Test
  @Tag("long")
  void shouldFailFastWhilePostgresIsSilentAndWorkAgainSoonAfterwards() {
    postgresAway(false);
  }

  private static void postgresAway(boolean refusing) {
    var database = MigratedDatabase.fresh();
    try (var proxy = FaultProxy.to(database.port());
        var adapter =
            RunningDbAdapter.start(
                new TestPostgres.Database(
                    database.host(),
                    proxy.port(),
                    database.user(),
                    database.password(),
                    database.name(),
                    database.jdbcUrl()),
                config -> config)) {
      LogServiceBlockingStub log = LogServiceGrpc.newBlockingStub(adapter.channel());
      var stream = run();
      var kept = log.append(append(first(stream, 1)).build());
      assertThat(kept.getStreamsCount()).isEqualTo(1);
      if (refusing) {
        proxy.refuse();
      } else {
        proxy.swallow();
      }
      Runnable append = () -> log.append(append(first(run(), 1)).build());
      Runnable read =
          () ->
              log.withDeadlineAfter(20, SECONDS)
                  .readStream(ReadStreamRequest.newBuilder().setStream(stream).build());
      // Whoever is under way waits for a while; then nobody does.
      var unused = refusal(append);
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(OutboxRig.median(() -> refusal(append)))
                  .isLessThan(Duration.ofMillis(10)));
      if (refusing) {
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(OutboxRig.median(() -> refusal(read)))
                    .isLessThan(Duration.ofMillis(10)));
      }
      proxy.pass();
      long began = System.nanoTime();
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(10))
          .ignoreExceptions()
          .until(() -> log.append(append(first(run(), 1)).build()).getStreamsCount() == 1);
      System.out.printf(
          "appends again %d ms after PostgreSQL answered%n",
          Duration.ofNanos(System.nanoTime() - began).toMillis());
    }
  }
}
