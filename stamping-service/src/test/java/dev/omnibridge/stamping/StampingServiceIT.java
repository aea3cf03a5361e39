// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.ListStampsRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two stamping services and db-adapter, over the network, on a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StampingServiceIT extends StampingStories {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final List<Edge> edges = new ArrayList<>();
  private TestPostgres.Database database;
  private Edge one;
  private Edge other;

  @BeforeAll
  void start() throws Exception {
    database = TestPostgres.freshDatabase();
    Edge storing = open(Map.of());
    vertx
        .deployVerticle(new DbAdapterVerticle(DbAdapterConfig.from(databaseEnv()), storing))
        .await(30, SECONDS);
    String store = "127.0.0.1:" + storing.listen().await(30, SECONDS);
    one = stampingService(store);
    other = stampingService(store);
  }

  @AfterAll
  void stop() throws Exception {
    for (Edge edge : edges.reversed()) {
      edge.close().await(30, SECONDS);
    }
    vertx.close().await(60, SECONDS);
  }

  @Override
  Channel stamping() {
    return one.peer(Peer.STAMPING);
  }

  @Override
  String store(ByteString content) {
    var answer = new CompletableFuture<PutContentResponse>();
    var upload =
        ContentServiceGrpc.newStub(one.peer(Peer.DB_ADAPTER))
            .withWaitForReady()
            .putContent(
                new StreamObserver<>() {
                  @Override
                  public void onNext(PutContentResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    pieces(content, 512 * 1024)
        .map(piece -> PutContentRequest.newBuilder().setChunk(piece).build())
        .forEach(upload::onNext);
    upload.onCompleted();
    return answer.orTimeout(60, SECONDS).join().getContentHash();
  }

  @Test
  void shouldWriteStampAndEventTogether() throws Exception {
    Stamp first = create("the file\n").getStamp();
    Stamp second = create("the file\r\n").getStamp();
    List<RecordedEvent> events = stream(first.getFileHash());
    Catalogue catalogue = Catalogue.load();

    assertThat(events)
        .extracting(RecordedEvent::getType)
        .containsExactly(
            "dev.omnibridge.metadata.stamp-created.v1", "dev.omnibridge.metadata.stamp-revised.v1");
    for (RecordedEvent event : events) {
      var payload = Envelope.parse(event.getBody().toByteArray()).payload();
      assertThat(catalogue.problems(event.getType(), payload)).isEmpty();
    }
    assertThat(revisionsInSql()).containsExactly(2L);
    assertThat(get(first.getFileHash())).isEqualTo(second);
  }

  @Test
  void shouldMakeOneStampWhenTwoServicesRace() throws Exception {
    for (int round = 0; round < 10; round++) {
      String content = "raced in round " + round;
      List<Callable<CreateStampResponse>> calls =
          IntStream.range(0, 16)
              .<Callable<CreateStampResponse>>mapToObj(i -> () -> create(i, content))
              .toList();
      List<CreateStampResponse> answers = new ArrayList<>();
      try (var threads = Executors.newFixedThreadPool(16)) {
        for (var call : threads.invokeAll(calls, 120, SECONDS)) {
          answers.add(call.get());
        }
      }

      assertThat(answers).filteredOn(answer -> !answer.getExisted()).hasSize(1);
      assertThat(answers)
          .extracting(CreateStampResponse::getStamp)
          .containsOnly(answers.getFirst().getStamp());
      assertThat(stream(answers.getFirst().getStamp().getFileHash())).hasSize(1);
    }
  }

  @Test
  void shouldRefuseAPageTokenThatIsNone() {
    var request = ListStampsRequest.newBuilder().setNamespace(namespace).setPageToken("x").build();

    assertThat(fault(() -> client().listStamps(request))).matches(f -> f.is("BAD_PAGE_TOKEN"));
  }

  private CreateStampResponse create(int i, String content) {
    Edge edge = i % 2 == 0 ? one : other;
    return StampingServiceGrpc.newBlockingStub(edge.peer(Peer.STAMPING))
        .withWaitForReady()
        .withDeadlineAfter(60, SECONDS)
        .createStamp(request(content).build());
  }

  private List<RecordedEvent> stream(String fileHash) {
    var name =
        StreamName.newBuilder().setKind("stamp").setNamespace(namespace).setId(fileHash).build();
    return LogServiceGrpc.newBlockingStub(one.peer(Peer.DB_ADAPTER))
        .withWaitForReady()
        .withDeadlineAfter(60, SECONDS)
        .readStream(ReadStreamRequest.newBuilder().setStream(name).build())
        .getEventsList();
  }

  private List<Long> revisionsInSql() throws SQLException {
    try (var connection = database.connect();
        var query =
            connection.prepareStatement(
                "select version from metadata_stamps where namespace = ?")) {
      query.setString(1, namespace);
      List<Long> revisions = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          revisions.add(rows.getLong(1));
        }
      }
      return revisions;
    }
  }

  /** A service, and an edge from which it is called over the network. */
  private Edge stampingService(String store) throws Exception {
    Edge edge = open(Map.of(Peer.DB_ADAPTER, store));
    var config = StampingConfig.from(Env.of(Map.of("STAMPING_STORE_TIMEOUT", "60s")));
    vertx.deployVerticle(new StampingVerticle(config, edge)).await(30, SECONDS);
    String service = "127.0.0.1:" + edge.listen().await(30, SECONDS);
    Edge client = open(Map.of(Peer.DB_ADAPTER, store, Peer.STAMPING, service));
    await().atMost(LIMIT).ignoreExceptions().until(() -> serves(client));
    return client;
  }

  private static boolean serves(Edge client) throws Exception {
    return Calls.unary(
                client.peer(Peer.STAMPING),
                HealthGrpc.getCheckMethod(),
                HealthCheckRequest.getDefaultInstance(),
                LIMIT)
            .await(30, SECONDS)
            .getStatus()
        == ServingStatus.SERVING;
  }

  private Edge open(Map<Peer, String> peers) {
    Edge edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, peers));
    edges.add(edge);
    return edge;
  }

  private Env databaseEnv() {
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
