// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.runtime.Fault;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a process says of itself while it starts, serves, misses a peer, and stops. */
class StartingTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final Edge store = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of()));
  private final HttpClient http = HttpClient.newHttpClient();
  private Edge edge = store;
  private int port;

  private void bind(String storeAddress) throws Exception {
    var peers = Map.of(Peer.DB_ADAPTER, storeAddress);
    edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, peers, Set.of(Peer.ORCHESTRATOR)));
    port = edge.bind().await(30, SECONDS);
  }

  private HttpResponse<String> get(String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return http.send(request, BodyHandlers.ofString());
  }

  private ServingStatus health(String service) throws Exception {
    return Calls.unary(
            edge.at("127.0.0.1:" + port),
            HealthGrpc.getCheckMethod(),
            HealthCheckRequest.newBuilder().setService(service).build(),
            LIMIT)
        .await(30, SECONDS)
        .getStatus();
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    edge.close().await(30, SECONDS);
    store.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  @Test
  void shouldBeAliveAndRefuseCallsAsUnavailableUntilItServes() throws Exception {
    bind("127.0.0.1:1");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(health("liveness")).isEqualTo(ServingStatus.SERVING);
    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
    var call =
        Calls.unary(
            edge.at("127.0.0.1:" + port),
            ContentServiceGrpc.getStatContentMethod(),
            StatContentRequest.getDefaultInstance(),
            LIMIT);
    Fault fault = catchThrowableOfType(Fault.class, () -> call.await(30, SECONDS));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.UNAVAILABLE);
    assertThat(fault.facts()).doesNotContainKey(Fault.SENT);
    edge.serve();
    assertThat(health("")).isEqualTo(ServingStatus.SERVING);
  }

  /** A client resets a call whose trailers are larger than 8 KiB. */
  @Test
  void shouldTellSomeOfVeryManyThingsThatAreWrong() throws Exception {
    edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(), Set.of(Peer.DB_ADAPTER)));
    edge.offer(new ContentServiceGrpc.ContentServiceImplBase() {});
    port = edge.listen().await(30, SECONDS);
    for (String hash : List.of("x", "\u4e16".repeat(300))) {
      var request = StatContentRequest.newBuilder();
      IntStream.range(0, 1_000).forEach(i -> request.addContentHashes(hash + i));
      var call =
          Calls.unary(
              edge.at("127.0.0.1:" + port),
              ContentServiceGrpc.getStatContentMethod(),
              request.build(),
              LIMIT);
      Fault fault = catchThrowableOfType(Fault.class, () -> call.await(30, SECONDS));
      assertThat(fault.reason()).isEqualTo("INVALID_REQUEST");
      assertThat(fault.sentence()).endsWith("...");
      assertThat(fault.violations()).hasSizeBetween(5, 100);
    }
    Fault odd =
        Fault.invalid("ODD", "\u4e16\ud83d\ude00%".repeat(10_000))
            .withViolations(List.of(new Fault.Violation("\ud83d\ude00".repeat(9_000), "x")));
    assertThat(Statuses.faultOf(Statuses.toException(odd)).sentence()).hasSizeBetween(50, 1_000);
  }

  @Test
  void shouldTellOfACallThatNobodyWhoServesCouldBeSent() throws Exception {
    store.offer(new ContentServiceGrpc.ContentServiceImplBase() {});
    bind("127.0.0.1:" + store.bind().await(30, SECONDS));
    var call =
        Calls.unary(
            edge.peer(Peer.DB_ADAPTER),
            ContentServiceGrpc.getStatContentMethod(),
            StatContentRequest.getDefaultInstance(),
            LIMIT);
    Fault fault = catchThrowableOfType(Fault.class, () -> call.await(30, SECONDS));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.UNAVAILABLE);
    assertThat(fault.facts()).containsEntry(Fault.SENT, "false");
  }

  @Test
  void shouldServeOnlyWhileThePeerServesThatItNeeds() throws Exception {
    store.offer(new ContentServiceGrpc.ContentServiceImplBase() {});
    int there = store.listen().await(30, SECONDS);
    bind("127.0.0.1:" + there);
    edge.offer(new ContentServiceGrpc.ContentServiceImplBase() {});
    edge.needs(Peer.DB_ADAPTER);
    edge.serve();
    assertThat(get("/health/ready").body()).contains("DOWN").contains("\"db-adapter\"");
    store.offer(new dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceImplBase() {});
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          assertThat(get("/health/ready").statusCode()).isEqualTo(200);
          assertThat(health(ContentServiceGrpc.SERVICE_NAME)).isEqualTo(ServingStatus.SERVING);
        });
    store.health("omnibridge.log.v1.LogService", false);
    await().atMost(LIMIT).until(() -> health("") == ServingStatus.NOT_SERVING);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldBeDegradedWithoutAPeerThatItCanDoWithout() throws Exception {
    bind("127.0.0.1:1");
    edge.wants(Peer.DB_ADAPTER);
    edge.serve();
    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertThat(get("/health").body()).contains("DEGRADED").contains("\"db-adapter\":\"MISSED\"");
    assertThat(get("/other").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldTellItsNumbersFromTheBeginning() throws Exception {
    bind("127.0.0.1:1");
    edge.metrics().counter("omnibridge_eggs", "Eggs laid.").increment();
    HttpResponse<String> told = get("/metrics");
    assertThat(told.statusCode()).isEqualTo(200);
    assertThat(told.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(told.body()).contains("omnibridge_eggs_total 1.0").contains("jvm_memory_used_bytes");
  }
}
