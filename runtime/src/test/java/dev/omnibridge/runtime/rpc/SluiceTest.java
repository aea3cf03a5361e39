// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call reads of a client that streams, and what the client may send before it does. */
class SluiceTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int KIB = 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final Contents contents = new Contents();
  private ManagedChannel channel;
  private HttpClient http;
  private int port;

  @BeforeEach
  void listen() throws Exception {
    edge.offer(contents);
    port = edge.listen().await(30, SECONDS);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
  }

  @AfterEach
  void close() throws Exception {
    channel.shutdownNow();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  @ParameterizedTest
  @ValueSource(ints = {KIB, 100 * KIB, KIB * KIB})
  void shouldHoldAClientThatSendsMoreThanItsCallAsksFor(int size) throws Exception {
    var client = new Eager(size, 48 * KIB * KIB);
    var unused = ContentServiceGrpc.newStub(channel).putContent(client);
    Received call = contents.next();
    call.out.request(1);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(call.messages).hasSize(1));
    await().atMost(LIMIT).until(() -> !client.call.isReady());
    for (int i = 0; i < 20; i++) {
      checkHealth();
    }
    assertThat(call.messages).hasSize(1);
    assertThat(client.sent.get()).isLessThan(3L * size + 160 * KIB);
    call.out.request(Integer.MAX_VALUE);
    assertThat(client.answer.get(60, SECONDS).getSize()).isEqualTo(client.sent.get());
  }

  @Test
  void shouldNotHoldUpTheConnectionWithCallsThatAskForNothing() throws Exception {
    var held = IntStream.range(0, 20).mapToObj(_ -> new Eager(KIB * KIB, KIB * KIB)).toList();
    held.forEach(client -> {
      var unused = ContentServiceGrpc.newStub(channel).putContent(client);
    });
    List<Received> calls = held.stream().map(_ -> contents.next()).toList();
    checkHealth();
    calls.forEach(call -> call.out.request(2));
    for (Eager client : held) {
      assertThat(client.answer.get(30, SECONDS).getSize()).isEqualTo(KIB * KIB);
    }
  }

  /** Also an empty message, many in a frame, one in many, and prefixes that are torn apart. */
  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void shouldReadEveryMessageWhateverItsSizeAndFrames(String encoding) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    var random = new Random(seed);
    List<ByteString> sent = Stream.generate(() -> chunk(random)).limit(200).toList();
    Buffer bytes = Buffer.buffer();
    sent.forEach(chunk -> bytes.appendBuffer(message(chunk, encoding.equals("gzip"))));
    HttpClientRequest request = request().putHeader("grpc-encoding", encoding);
    var response = send(request);
    Received call = contents.next();
    call.asksAnew = () -> random.nextInt(3) == 0 ? 2 : 1;
    call.out.request(1);
    for (int at = 0; at < bytes.length(); ) {
      int most = random.nextBoolean() ? 7 : 40 * KIB;
      int count = Math.min(bytes.length() - at, 1 + random.nextInt(most));
      var unused = request.write(bytes.slice(at, at + count));
      at += count;
    }
    request.end().await(30, SECONDS);
    assertThat(response.get(30, SECONDS).statusCode()).isEqualTo(200);
    assertThat(call.completed).as("seed %d", seed).succeedsWithin(LIMIT);
    assertThat(List.copyOf(call.messages)).as("seed %d", seed).isEqualTo(sent);
  }

  private static ByteString chunk(Random random) {
    byte[] bytes =
        new byte
            [switch (random.nextInt(4)) {
              case 0 -> 0;
              case 1 -> random.nextInt(20);
              case 2 -> random.nextInt(20 * KIB);
              default -> random.nextInt(300 * KIB);
            }];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  @Test
  void shouldRefuseAMessageThatIsTooLongAndTellTheHandlerOfNoEnd() throws Exception {
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(2);
    var unused = request.write(message(ByteString.copyFromUtf8("first"), false));
    unused = request.write(Buffer.buffer().appendByte((byte) 0).appendInt(-1));
    unused = request.end(message(ByteString.copyFromUtf8("later"), false));
    HttpClientResponse answer = response.get(30, SECONDS);
    assertThat(answer.getHeader("grpc-status"))
        .isEqualTo(Integer.toString(Status.Code.RESOURCE_EXHAUSTED.value()));
    assertThat(call.gone).succeedsWithin(LIMIT);
    assertThat(call.messages).containsExactly(ByteString.copyFromUtf8("first"));
    assertThat(call.completed).isNotDone();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 6})
  void shouldTellTheHandlerOfNoEndWhenAMessageIsCutOff(int bytes) throws Exception {
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(2);
    Buffer message = message(ByteString.copyFromUtf8("first"), false);
    request.end(message.copy().appendBuffer(message, 0, bytes)).await(30, SECONDS);
    assertThat(call.gone).succeedsWithin(LIMIT);
    assertThat(response).failsWithin(LIMIT);
    assertThat(call.messages).containsExactly(ByteString.copyFromUtf8("first"));
    assertThat(call.completed).isNotDone();
  }

  /** Together they would need more room than there is, if those that end kept theirs. */
  @ParameterizedTest
  @ValueSource(strings = {"reset", "deadline"})
  void shouldKeepNoRoomForCallsThatEndWithinAMessage(String end) throws Exception {
    long calls = Runtime.getRuntime().maxMemory() / 8 / Edge.MAX_MESSAGE_BYTES + 2;
    for (int i = 0; i < calls; i++) {
      HttpClientRequest request = request();
      if (end.equals("deadline")) {
        var unused = request.putHeader("grpc-timeout", "50m");
      }
      var response = send(request);
      Received call = contents.next();
      call.out.request(1);
      Buffer part = message(ByteString.copyFrom(new byte[3 * KIB * KIB]), false);
      request.write(part.slice(0, 100)).await(30, SECONDS);
      if (end.equals("reset")) {
        var unused = request.reset();
      } else {
        assertThat(response.get(30, SECONDS).getHeader("grpc-status"))
            .isEqualTo(Integer.toString(Status.Code.DEADLINE_EXCEEDED.value()));
      }
      assertThat(call.gone).succeedsWithin(LIMIT);
    }
    var last = new Eager(KIB * KIB, 1);
    var unused = ContentServiceGrpc.newStub(channel).putContent(last);
    contents.next().out.request(2);
    assertThat(last.answer).succeedsWithin(LIMIT);
  }

  @Test
  @Tag("long")
  void shouldGiveUpAClientThatSaysNoMoreWithinALargeMessage() throws Exception {
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(1);
    Buffer message = message(ByteString.copyFrom(new byte[KIB * KIB]), false);
    request.write(message.slice(0, 100)).await(30, SECONDS);
    assertThat(response).failsWithin(Duration.ofMinutes(2));
    assertThat(call.gone).succeedsWithin(LIMIT);
    assertThat(call.messages).isEmpty();
  }

  @Test
  void shouldReadOnForACallThatIsClosedSoThatItsClientHearsOfIt() throws Exception {
    var client = new Eager(KIB * KIB, 8 * KIB * KIB);
    var unused = ContentServiceGrpc.newStub(channel).putContent(client);
    Received call = contents.next();
    call.out.onError(Status.DATA_LOSS.asRuntimeException());
    assertThat(client.answer)
        .failsWithin(LIMIT)
        .withThrowableThat()
        .withMessageContaining("DATA_LOSS");
    checkHealth();
  }

  private void checkHealth() {
    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  private HttpClientRequest request() throws Exception {
    String path = "/" + ContentServiceGrpc.getPutContentMethod().getFullMethodName();
    return http.request(HttpMethod.POST, port, "127.0.0.1", path)
        .await(30, SECONDS)
        .setChunked(true)
        .putHeader("content-type", "application/grpc");
  }

  private static CompletableFuture<HttpClientResponse> send(HttpClientRequest request)
      throws Exception {
    request.sendHead().await(30, SECONDS);
    return request.response().toCompletionStage().toCompletableFuture();
  }

  private static Buffer message(ByteString chunk, boolean zipped) {
    byte[] bytes = PutContentRequest.newBuilder().setChunk(chunk).build().toByteArray();
    if (zipped) {
      bytes = zip(bytes);
    }
    return Buffer.buffer()
        .appendByte((byte) (zipped ? 1 : 0))
        .appendInt(bytes.length)
        .appendBytes(bytes);
  }

  private static byte[] zip(byte[] bytes) {
    var out = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (java.io.IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /** Takes uploads, and leaves it to the test when they go on. */
  private static final class Contents extends ContentServiceGrpc.ContentServiceImplBase {
    private final LinkedBlockingQueue<Received> calls = new LinkedBlockingQueue<>();

    Received next() {
      try {
        Received call = calls.poll(30, SECONDS);
        assertThat(call).isNotNull();
        return call;
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    }

    @Override
    public StreamObserver<PutContentRequest> putContent(StreamObserver<PutContentResponse> out) {
      var call = new Received((ServerCallStreamObserver<PutContentResponse>) out);
      call.out.disableAutoRequest();
      call.out.setOnCancelHandler(() -> call.gone.complete(null));
      calls.add(call);
      return call;
    }
  }

  /** A call as its handler sees it. */
  private static final class Received implements StreamObserver<PutContentRequest> {
    private final ServerCallStreamObserver<PutContentResponse> out;
    private final Queue<ByteString> messages = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> completed = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile java.util.function.IntSupplier asksAnew = () -> 0;

    Received(ServerCallStreamObserver<PutContentResponse> out) {
      this.out = out;
    }

    @Override
    public void onNext(PutContentRequest message) {
      messages.add(message.getChunk());
      int more = asksAnew.getAsInt();
      if (more > 0) {
        // From another thread, as handlers do.
        Thread.ofVirtual().start(() -> out.request(more));
      }
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      long size = messages.stream().mapToLong(ByteString::size).sum();
      out.onNext(PutContentResponse.newBuilder().setSize(size).build());
      out.onCompleted();
      completed.complete(null);
    }
  }

  /** Sends whenever its call takes more. */
  private static final class Eager
      implements ClientResponseObserver<PutContentRequest, PutContentResponse> {
    private final PutContentRequest message;
    private final long size;
    private final long most;
    private final AtomicLong sent = new AtomicLong();
    private final CompletableFuture<PutContentResponse> answer = new CompletableFuture<>();
    private volatile ClientCallStreamObserver<PutContentRequest> call;

    Eager(int size, long most) {
      this.message =
          PutContentRequest.newBuilder().setChunk(ByteString.copyFrom(new byte[size])).build();
      this.size = size;
      this.most = most;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PutContentRequest> started) {
      call = started;
      started.setOnReadyHandler(() -> {
        while (started.isReady() && sent.get() < most) {
          started.onNext(message);
          if (sent.addAndGet(size) >= most) {
            started.onCompleted();
          }
        }
      });
    }

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
  }
}
