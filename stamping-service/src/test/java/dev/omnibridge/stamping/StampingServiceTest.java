// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The service over a model of db-adapter, which can fail exactly so. */
class StampingServiceTest extends StampingStories {
  private final StoreModel model = new StoreModel();
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));

  @BeforeEach
  void start() throws Exception {
    serve(edge, Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private void serve(Edge where, Map<String, String> environment) throws Exception {
    model.offerOn(where);
    var config = StampingConfig.from(Env.of(environment));
    vertx.deployVerticle(new StampingVerticle(config, where)).await(30, SECONDS);
  }

  @Override
  Channel stamping() {
    return edge.peer(Peer.STAMPING);
  }

  @Override
  String store(ByteString content) {
    return model.put(content);
  }

  @Test
  void shouldAppendEventsOfTheCatalogue() throws Exception {
    create("the file\n");
    create("the file\r\n");
    List<RecordedEvent> events = model.events();
    Catalogue catalogue = Catalogue.load();

    assertThat(events)
        .extracting(RecordedEvent::getType)
        .containsExactly(
            "dev.omnibridge.metadata.stamp-created.v1", "dev.omnibridge.metadata.stamp-revised.v1");
    for (RecordedEvent event : events) {
      Envelope envelope = Envelope.parse(event.getBody().toByteArray());
      JsonNode payload = envelope.payload();
      assertThat(catalogue.problems(event.getType(), payload)).isEmpty();
      assertThat(envelope.eventId()).hasToString(event.getEventId());
      assertThat(envelope.correlationId()).hasToString(event.getCorrelationId());
      assertThat(envelope.partitionKey())
          .isEqualTo("stamp/" + namespace + "/" + payload.path("file_hash").textValue());
    }
  }

  @Test
  void shouldRebuildAStampFromItsEventsAlone() {
    create("the file\n");
    var revised = create("the file\r\n").getStamp();
    model.forgetSnapshots();
    var again = create("the file\r\n");

    assertThat(again.getExisted()).isTrue();
    assertThat(again.getStamp()).isEqualTo(revised);
  }

  @Test
  void shouldSayThatTheEventsOfAStampAreGone() {
    create("the file\n");
    model.expireEvents();

    assertThat(fault(() -> create("the file\r\n"))).matches(f -> f.is("EVENTS_EXPIRED"));
  }

  @Test
  void shouldGiveUpAfterLosingEveryRace() {
    for (int i = 0; i < 5; i++) {
      model.beforeAppend(() -> {
        throw Fault.of(Kind.CONFLICT, "VERSION_CONFLICT", "Somebody was faster.");
      });
    }

    assertThat(fault(() -> create("raced"))).matches(f -> f.is("VERSION_CONFLICT"));
    assertThat(model.events()).isEmpty();
  }

  @Test
  void shouldTellThatTheStoreIsAwayAndWorkWhenItIsBack() {
    model.beforeAppend(() -> {
      throw Fault.unavailable("DATABASE_UNAVAILABLE", "The database cannot be reached.", null);
    });

    assertThat(fault(() -> create("file"))).matches(f -> f.kind() == Kind.UNAVAILABLE);
    assertThat(create("file").getExisted()).isFalse();
  }

  @Test
  void shouldNoticeDamagedContent() {
    String hash = "ef".repeat(32);
    model.putDamaged(hash, ByteString.copyFromUtf8("other bytes"));

    assertThat(fault(() -> createByHash(hash))).matches(f -> f.is("CONTENT_DAMAGED"));
    assertThat(model.events()).isEmpty();
  }

  @Test
  void shouldStopReadingWhenTheDeadlineIsOver() {
    Fault fault =
        fault(() ->
            client().withDeadlineAfter(200, MILLISECONDS).createStamp(byHash("0".repeat(64))));

    assertThat(fault.kind()).isEqualTo(Kind.TIMEOUT);
    await().atMost(30, SECONDS).untilAsserted(() -> assertThat(model.endlessReads).hasValue(0));
  }

  @Test
  void shouldGiveUpAnUploadThatPauses() throws Exception {
    Edge impatient = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    serve(impatient, Map.of("STAMPING_UPLOAD_IDLE", "100ms"));
    var answer = new CompletableFuture<UploadStampResponse>();
    var upload =
        StampingServiceGrpc.newStub(impatient.peer(Peer.STAMPING)).uploadStamp(observer(answer));
    upload.onNext(UploadStampRequest.newBuilder().setOptions(options()).build());

    assertThat(fault(() -> answer.get(30, SECONDS))).matches(f -> f.is("UPLOAD_IDLE"));
    impatient.close().await(30, SECONDS);
  }

  @Test
  void shouldTakeOptionsInTheFirstMessageOnly() {
    var answer = new CompletableFuture<UploadStampResponse>();
    var upload = StampingServiceGrpc.newStub(stamping()).uploadStamp(observer(answer));
    upload.onNext(UploadStampRequest.newBuilder().setOptions(options()).build());
    upload.onNext(UploadStampRequest.newBuilder().setOptions(options()).build());

    assertThat(fault(() -> answer.get(30, SECONDS))).matches(f -> f.is("OPTIONS_NOT_FIRST"));
  }

  @Test
  void shouldRefuseAPieceThatIsTooLarge() throws Exception {
    withNetwork(channel -> {
      var tooLarge = ByteString.copyFrom(new byte[1024 * 1024 + 1]);
      assertThat(fault(() -> upload(channel, Stream.of(tooLarge))))
          .matches(f -> f.is("INVALID_REQUEST"));
      assertThat(fault(() -> upload(stamping(), Stream.of(tooLarge))))
          .matches(f -> f.is("INVALID_REQUEST"));
    });
  }

  @Test
  void shouldTakeUploadsOverTheNetwork() throws Exception {
    withNetwork(channel -> {
      var piece = ByteString.copyFrom(new byte[512 * 1024]);
      var stamp = upload(channel, Stream.generate(() -> piece).limit(64)).getStamp();
      assertThat(stamp.getFileSize()).isEqualTo(32 * 1024 * 1024);
      assertThat(stamp.getFileHash()).isEqualTo(stamp.getContentHash());
    });
  }

  /** More than the heap of the tests. */
  @Test
  @Tag("long")
  void shouldNotGrowWithTheFile() throws Exception {
    withNetwork(channel -> {
      var piece = ByteString.copyFrom(new byte[1024 * 1024]);
      var stamp = upload(channel, Stream.generate(() -> piece).limit(2048)).getStamp();
      assertThat(stamp.getFileSize()).isEqualTo(2L * 1024 * 1024 * 1024);
    });
  }

  private interface OverTheNetwork {
    void run(Channel channel) throws Exception;
  }

  private void withNetwork(OverTheNetwork test) throws Exception {
    int port = edge.listen().await(30, SECONDS);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      test.run(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  private UploadStampResponse upload(Channel channel, Stream<ByteString> pieces) throws Exception {
    StampOptions options = options().build();
    return UploadClient.upload(channel, options, pieces.iterator()).get(60, SECONDS);
  }

  private void createByHash(String hash) {
    var unused = client().createStamp(byHash(hash));
  }

  private CreateStampRequest byHash(String hash) {
    return CreateStampRequest.newBuilder().setContentHash(hash).setOptions(options()).build();
  }

  private static StreamObserver<UploadStampResponse> observer(
      CompletableFuture<UploadStampResponse> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(UploadStampResponse response) {
        answer.complete(response);
      }

      @Override
      public void onError(Throwable failure) {
        answer.completeExceptionally(Statuses.faultOf(failure));
      }

      @Override
      public void onCompleted() {}
    };
  }
}
