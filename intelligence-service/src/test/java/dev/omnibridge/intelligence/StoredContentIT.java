// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The intelligence service and db-adapter as two processes would meet: over the network. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StoredContentIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int CHUNK = 512 * 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Edge storing = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private Edge analysing;
  private Edge client;
  private boolean storeStopped;

  @BeforeAll
  void start() throws Exception {
    TestPostgres.Database database = TestPostgres.freshDatabase();
    var env =
        Env.of(
            Map.of(
                "PGHOST", database.host(),
                "PGPORT", Integer.toString(database.port()),
                "PGUSER", database.user(),
                "PGPASSWORD", database.password(),
                "PGDATABASE", database.name(),
                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "DB_ADAPTER_INBOX", "false"));
    vertx
        .deployVerticle(new DbAdapterVerticle(DbAdapterConfig.from(env), storing))
        .await(60, SECONDS);
    String store = "127.0.0.1:" + storing.listen().await(30, SECONDS);

    analysing = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(Peer.DB_ADAPTER, store)));
    var config = IntelligenceConfig.from(Env.of(Map.of("INTELLIGENCE_FEED", "false")));
    vertx.deployVerticle(new IntelligenceVerticle(config, analysing)).await(30, SECONDS);
    String service = "127.0.0.1:" + analysing.listen().await(30, SECONDS);

    var peers = Map.of(Peer.DB_ADAPTER, store, Peer.INTELLIGENCE, service);
    client = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, peers));
  }

  /** One after the other: a future of a context of a closed Vertx never completes. */
  @AfterAll
  void stop() throws Exception {
    client.close().await(60, SECONDS);
    analysing.close().await(60, SECONDS);
    stopStore().await(60, SECONDS);
    vertx.close().await(60, SECONDS);
  }

  private Future<Void> stopStore() {
    Future<Void> closed = storeStopped ? Future.succeededFuture() : storing.close();
    storeStopped = true;
    return closed;
  }

  @Test
  void shouldAnalyseAStoredContentAsIfItHadBeenSentAlong() throws Exception {
    byte[] source = "package shop;\n\npublic record Item(String name) {}\n".getBytes(UTF_8);
    String hash = put(source);

    Analysis stored = analyze(hash, "Item.java").await(30, SECONDS).getAnalysis();

    var inline = AnalyzeRequest.newBuilder().setContent(ByteString.copyFrom(source));
    assertThat(stored)
        .isEqualTo(call(inline.setFilePath("Item.java")).await(30, SECONDS).getAnalysis());
    assertThat(stored.getLanguage()).isEqualTo("java");
    assertThat(analyze(put(new byte[0]), "").await(30, SECONDS).getAnalysis().getText()).isTrue();
  }

  @Test
  void shouldReadTheFirstPartOfALargeContent() throws Exception {
    byte[] large = "key=value\n".repeat(300_000).getBytes(UTF_8);

    Analysis analysis = analyze(put(large), "big.properties").await(30, SECONDS).getAnalysis();

    assertThat(analysis.getTruncated()).isTrue();
    assertThat(analysis.getAnalyzedBytes()).isEqualTo(1 << 20);
    assertThat(analysis.getLanguage()).isEqualTo("properties");
    assertThat(analysis.getTextStatistics().getLines()).isEqualTo((1 << 20) / 10 + 1);
  }

  @Test
  void shouldAnalyseManyStoredContentsAtOnce() throws Exception {
    var hashes = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      hashes.add(put("def f%d():\n    pass\n".formatted(i).getBytes(UTF_8)));
    }
    var calls = hashes.stream().map(hash -> analyze(hash, "f.py")).toList();
    for (Future<AnalyzeResponse> call : calls) {
      Analysis analysis = call.await(30, SECONDS).getAnalysis();
      assertThat(analysis.getCodeStatistics().getFunctions()).isEqualTo(1);
    }
  }

  @Test
  void shouldSayThatAContentIsNotThere() {
    Fault fault = faultOf(analyze("0".repeat(64), "a"));
    assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(fault.reason()).isEqualTo("CONTENT_NOT_FOUND");
  }

  /** The last one, because the store does not come back. */
  @Test
  @Order(Integer.MAX_VALUE)
  void shouldSayThatTheStoreIsAwayAndGoOnWithWhatIsSentAlong() throws Exception {
    String hash = put("text".getBytes(UTF_8));
    stopStore().await(30, SECONDS);

    Fault fault = faultOf(analyze(hash, "a"));

    assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(fault.reason()).isEqualTo("CONTENT_STORE_UNAVAILABLE");
    var inline = AnalyzeRequest.newBuilder().setContent(ByteString.copyFromUtf8("text"));
    assertThat(call(inline).await(30, SECONDS).getAnalysis().getText()).isTrue();
  }

  private Future<AnalyzeResponse> analyze(String hash, String path) {
    return call(AnalyzeRequest.newBuilder().setContentHash(hash).setFilePath(path));
  }

  private Future<AnalyzeResponse> call(AnalyzeRequest.Builder request) {
    Channel channel = client.peer(Peer.INTELLIGENCE);
    return Calls.unary(channel, IntelligenceServiceGrpc.getAnalyzeMethod(), request.build(), LIMIT);
  }

  private String put(byte[] bytes) throws Exception {
    var answer = new CompletableFuture<String>();
    var upload =
        ContentServiceGrpc.newStub(client.peer(Peer.DB_ADAPTER))
            .withDeadlineAfter(LIMIT.toSeconds(), SECONDS)
            .putContent(new Stored(answer));
    for (int at = 0; at == 0 || at < bytes.length; at += CHUNK) {
      byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + CHUNK));
      upload.onNext(PutContentRequest.newBuilder().setChunk(ByteString.copyFrom(part)).build());
    }
    upload.onCompleted();
    return answer.get(30, SECONDS);
  }

  private static Fault faultOf(Future<?> failed) {
    Fault fault = catchThrowableOfType(Fault.class, () -> failed.await(30, SECONDS));
    assertThat(fault).isNotNull();
    return fault;
  }

  private record Stored(CompletableFuture<String> hash)
      implements StreamObserver<PutContentResponse> {
    @Override
    public void onNext(PutContentResponse stored) {
      hash.complete(stored.getContentHash());
    }

    @Override
    public void onError(Throwable failure) {
      hash.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      hash.completeExceptionally(new AssertionError("The upload was not answered"));
    }
  }
}
