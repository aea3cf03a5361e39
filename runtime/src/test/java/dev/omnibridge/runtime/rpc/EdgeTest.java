// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.api.content.v1.StatContentResponse;
import dev.omnibridge.api.content.v1.StoredContent;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same service answers the same way over the network and in process. */
class EdgeTest {
  private static final String HASH = Blake3.hash(new byte[0]).hex();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final Contents contents = new Contents();
  private Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private ManagedChannel network;
  private int port;

  enum Way {
    NETWORK,
    IN_PROCESS
  }

  static Stream<Way> ways() {
    return Stream.of(Way.values());
  }

  @BeforeEach
  void listen() throws Exception {
    edge.offer(contents);
    port = edge.listen().await(30, SECONDS);
    network = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @AfterEach
  void close() throws Exception {
    network.shutdownNow();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private Channel channel(Way way) {
    return way == Way.NETWORK ? network : edge.peer(Peer.DB_ADAPTER);
  }

  private Future<StatContentResponse> stat(Way way, String hash, Duration deadline) {
    return Calls.unary(
        channel(way),
        ContentServiceGrpc.getStatContentMethod(),
        StatContentRequest.newBuilder().addContentHashes(hash).build(),
        deadline);
  }

  private static Fault faultOf(Future<?> failed) {
    Fault fault = catchThrowableOfType(Fault.class, () -> failed.await(30, SECONDS));
    assertThat(fault).isNotNull();
    return fault;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldAnswerAUnaryCall(Way way) throws Exception {
    assertThat(stat(way, HASH, LIMIT).await(30, SECONDS).getContents(0).getContentHash())
        .isEqualTo(HASH);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldKeepNothingOfACallThatHasEndedUntilItsDeadline(Way way) throws Exception {
    stat(way, HASH, Duration.ofHours(1)).await(30, SECONDS);
    assertThat(contents.contextEnded).succeedsWithin(LIMIT);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          System.gc();
          assertThat(contents.answered.get()).isNull();
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldNameTheFieldThatBreaksARule(Way way) {
    Fault fault = faultOf(stat(way, "nonsense", LIMIT));
    assertThat(fault.kind()).isEqualTo(Kind.INVALID);
    assertThat(fault.reason()).isEqualTo("INVALID_REQUEST");
    assertThat(fault.violations())
        .extracting(Fault.Violation::field)
        .containsExactly("content_hashes[0]");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldCarryReasonAndFactsOfAFault(Way way) {
    contents.answer =
        Future.failedFuture(
            Fault.notFound("CONTENT_NOT_FOUND", "No such bytes.")
                .with("hash", HASH)
                .with(Fault.SENT, false));
    Fault fault = faultOf(stat(way, HASH, LIMIT));
    assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(fault.reason()).isEqualTo("CONTENT_NOT_FOUND");
    assertThat(fault.sentence()).isEqualTo("No such bytes.");
    assertThat(fault.facts()).containsExactly(entry("hash", HASH));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldTellNothingInternalOfABug(Way way) {
    contents.answer = Future.failedFuture(new IllegalStateException("secret detail"));
    Fault fault = faultOf(stat(way, HASH, LIMIT));
    assertThat(fault.kind()).isEqualTo(Kind.BROKEN);
    assertThat(fault.sentence()).doesNotContain("secret");
  }

  @ParameterizedTest
  @MethodSource("ways")
  @Execution(ExecutionMode.CONCURRENT)
  void shouldEndACallWhoseDeadlineIsOverAndShowTheHandlerWhatIsLeft(Way way) {
    contents.answer = Promise.<StatContentResponse>promise().future();
    // The first call of a way takes a while, and this one has to get there in time.
    var first =
        HealthGrpc.newBlockingStub(channel(way)).check(HealthCheckRequest.getDefaultInstance());
    assertThat(first.getStatus()).isEqualTo(ServingStatus.SERVING);
    Duration limit = Duration.ofSeconds(2);
    Fault fault = faultOf(stat(way, HASH, limit));
    assertThat(fault.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(contents.left.orTimeout(10, TimeUnit.SECONDS).join())
        .isBetween(Duration.ZERO, limit);
    assertThat(contents.contextEnded).succeedsWithin(LIMIT);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldTellTheHandlerWhenACallIsGivenUp(Way way) {
    contents.answer = Promise.<StatContentResponse>promise().future();
    Promise<Void> over = Promise.promise();
    var call =
        Calls.unaryUntil(
            over.future(),
            channel(way),
            ContentServiceGrpc.getStatContentMethod(),
            StatContentRequest.newBuilder().addContentHashes(HASH).build(),
            Duration.ofHours(1));
    assertThat(contents.left).succeedsWithin(LIMIT);
    over.complete();
    assertThat(contents.contextEnded).succeedsWithin(LIMIT);
    assertThat(faultOf(call).kind()).isEqualTo(Kind.CANCELLED);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldSendNoMoreThanTheClientAsksFor(Way way) throws Exception {
    var client = new SlowClient(3);
    ContentServiceGrpc.newStub(channel(way))
        .getContent(GetContentRequest.newBuilder().setContentHash(HASH).build(), client);
    assertThat(client.done.get(30, SECONDS)).isEqualTo(3);
    assertThat(contents.sent.get()).isLessThan(Contents.MESSAGES);
  }

  @Test
  void shouldTakeWhatIsWrittenToACallerWhoHasGoneWhileTheHandlerIsStillBeingTold()
      throws Exception {
    contents.told = new CompletableFuture<>();
    ContentServiceGrpc.newStub(network)
        .getContent(GetContentRequest.newBuilder().setContentHash(HASH).build(), new SlowClient(1));
    ServerCallStreamObserver<GetContentResponse> out = contents.leaving.get(30, SECONDS);
    try {
      assertThatCode(() -> out.onNext(GetContentResponse.getDefaultInstance()))
          .doesNotThrowAnyException();
      assertThat(out.isCancelled()).isTrue();
      assertThat(out.isReady()).isFalse();
      assertThatCode(out::onCompleted).doesNotThrowAnyException();
    } finally {
      contents.told.complete(null);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  @Execution(ExecutionMode.CONCURRENT)
  void shouldTellAHandlerThatStreamsWhenTheDeadlineIsOver(Way way) throws Exception {
    // The first call of a way takes a while, and this one has to get there in time.
    var first =
        HealthGrpc.newBlockingStub(channel(way)).check(HealthCheckRequest.getDefaultInstance());
    assertThat(first.getStatus()).isEqualTo(ServingStatus.SERVING);
    ContentServiceGrpc.newStub(channel(way))
        .withWaitForReady()
        .withDeadlineAfter(2, SECONDS)
        .getContent(
            GetContentRequest.newBuilder().setContentHash(HASH).build(),
            new SlowClient(Integer.MAX_VALUE));
    ServerCallStreamObserver<GetContentResponse> out = contents.leaving.get(30, SECONDS);
    await().atMost(LIMIT).until(out::isCancelled);
    assertThatCode(() -> out.onNext(GetContentResponse.getDefaultInstance()))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldTellTheHandlerWhenTheConnectionOfItsCallerEndsWithoutAWord() throws Exception {
    contents.answer = Promise.<StatContentResponse>promise().future();
    var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var connection = new CompletableFuture<NioSocketChannel>();
    ManagedChannel dying =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .eventLoopGroup(group)
            .channelFactory(() -> {
              var socket = new NioSocketChannel();
              connection.complete(socket);
              return socket;
            })
            .build();
    try {
      var unused =
          ContentServiceGrpc.newFutureStub(dying)
              .statContent(StatContentRequest.newBuilder().addContentHashes(HASH).build());
      assertThat(contents.left).succeedsWithin(LIMIT);
      NioSocketChannel socket = connection.get(30, SECONDS);
      socket.eventLoop().execute(() -> socket.unsafe().closeForcibly());
      assertThat(contents.contextEnded).succeedsWithin(LIMIT);
    } finally {
      dying.shutdownNow();
      assertThat(group.shutdownGracefully(0, 1, SECONDS).await(30, SECONDS)).isTrue();
    }
  }

  @Test
  void shouldReportHealthPerServiceAndRefuseNewWorkWhileDraining() {
    var health = HealthGrpc.newBlockingStub(network);
    var request =
        HealthCheckRequest.newBuilder().setService(ContentServiceGrpc.SERVICE_NAME).build();
    assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
    edge.drain();
    assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void shouldListItsServicesByReflection() throws Exception {
    var listed = new CompletableFuture<ServerReflectionResponse>();
    var requests =
        ServerReflectionGrpc.newStub(network)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    listed.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    listed.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(listed.get(30, SECONDS).getListServicesResponse().getServiceList())
        .extracting(service -> service.getName())
        .contains(ContentServiceGrpc.SERVICE_NAME);
    requests.onCompleted();
  }

  /** A content service whose answers the test sets. */
  private final class Contents extends ContentServiceGrpc.ContentServiceImplBase {
    static final int MESSAGES = 10_000;
    private final CompletableFuture<Duration> left = new CompletableFuture<>();
    private final CompletableFuture<Void> contextEnded = new CompletableFuture<>();
    private WeakReference<@Nullable Object> answered = new WeakReference<>(null);
    private final AtomicInteger sent = new AtomicInteger();
    private final CompletableFuture<ServerCallStreamObserver<GetContentResponse>> leaving =
        new CompletableFuture<>();

    /** Until then a handler is being told that its caller has gone. */
    private volatile CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

    private volatile Future<StatContentResponse> answer =
        Future.succeededFuture(
            StatContentResponse.newBuilder()
                .addContents(StoredContent.newBuilder().setContentHash(HASH))
                .build());

    @Override
    public void statContent(StatContentRequest request, StreamObserver<StatContentResponse> out) {
      answered = new WeakReference<>(out);
      Replies.unary(
          vertx.getOrCreateContext(),
          out,
          scope -> {
            left.complete(scope.within(Duration.ofHours(1)));
            Runnable unused = scope.onCancelled(() -> contextEnded.complete(null));
            return answer;
          });
    }

    @Override
    public void getContent(GetContentRequest request, StreamObserver<GetContentResponse> out) {
      var stream = (ServerCallStreamObserver<GetContentResponse>) out;
      var message =
          GetContentResponse.newBuilder()
              .setChunk(ByteString.copyFrom(new byte[64 * 1024]))
              .build();
      stream.setOnCancelHandler(() -> {
        leaving.complete(stream);
        told.join();
      });
      stream.setOnReadyHandler(() -> {
        while (stream.isReady() && !stream.isCancelled() && sent.get() < MESSAGES) {
          sent.incrementAndGet();
          stream.onNext(message);
        }
      });
    }
  }

  /** Takes a few messages, one at a time, and goes away. */
  private static final class SlowClient
      implements io.grpc.stub.ClientResponseObserver<GetContentRequest, GetContentResponse> {
    private final int wanted;
    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private io.grpc.stub.ClientCallStreamObserver<GetContentRequest> call;
    private int got;

    SlowClient(int wanted) {
      this.wanted = wanted;
    }

    @Override
    public void beforeStart(io.grpc.stub.ClientCallStreamObserver<GetContentRequest> newCall) {
      call = newCall;
      call.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(GetContentResponse message) {
      got++;
      if (got == wanted) {
        call.cancel("enough", null);
        done.complete(got);
      } else {
        call.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      done.completeExceptionally(new AssertionError("the stream ended early"));
    }
  }
}
