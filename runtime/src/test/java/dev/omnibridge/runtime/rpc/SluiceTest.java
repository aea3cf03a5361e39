// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static dev.omnibridge.runtime.rpc.Streaming.message;
import static dev.omnibridge.runtime.rpc.Streaming.request;
import static dev.omnibridge.runtime.rpc.Streaming.send;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.runtime.rpc.Streaming.Contents;
import dev.omnibridge.runtime.rpc.Streaming.Eager;
import dev.omnibridge.runtime.rpc.Streaming.Received;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
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
  @Execution(ExecutionMode.CONCURRENT)
  void shouldHoldAClientThatSendsMoreThanItsCallAsksFor(int size) throws Exception {
    var client = new Eager(size, 48 * KIB * KIB);
    var unused = ContentServiceGrpc.newStub(channel).putContent(client);
    Received call = contents.next();
    call.out.request(1);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(call.messages).hasSize(1));
    awaitStandstill(client);
    assertThat(call.messages).hasSize(1);
    assertThat(client.sent.get()).isLessThan(3L * size + 160 * KIB);
    call.out.request(Integer.MAX_VALUE);
    assertThat(client.answer.get(60, SECONDS).getSize()).isEqualTo(client.sent.get());
  }

  /** It is ready for more now and then while it sends. */
  private static void awaitStandstill(Eager client) {
    var before = new AtomicLong(-1);
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> before.getAndSet(client.sent.get()) == client.sent.get());
  }

  /** All but one of the calls that a connection may have. */
  @Test
  void shouldNotHoldUpTheConnectionWithCallsThatAskForNothing() throws Exception {
    var held = IntStream.range(0, 99).mapToObj(_ -> new Eager(KIB * KIB, KIB * KIB)).toList();
    for (Eager client : held) {
      var unused = ContentServiceGrpc.newStub(channel).putContent(client);
    }
    List<Received> calls = held.stream().map(_ -> contents.next()).toList();
    for (int i = 0; i < 4; i++) {
      var client = new Eager(KIB * KIB, 12 * KIB * KIB);
      var unused = ContentServiceGrpc.newStub(channel).putContent(client);
      contents.next().out.request(Integer.MAX_VALUE);
      assertThat(client.answer.get(30, SECONDS).getSize()).isEqualTo(12 * KIB * KIB);
    }
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
    HttpClientRequest request = request(http, port).putHeader("grpc-encoding", encoding);
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
    HttpClientRequest request = request(http, port);
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
    HttpClientRequest request = request(http, port);
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

  /** Its client has said all before it hears the answer, or it would hear nothing of it. */
  @Test
  void shouldReadOnForACallThatIsClosed() throws Exception {
    HttpClientRequest request = request(http, port);
    var response = send(request);
    Received call = contents.next();
    call.out.onError(Status.DATA_LOSS.asRuntimeException());
    Buffer message = message(ByteString.copyFrom(new byte[KIB * KIB]), false);
    for (int i = 0; i < 8; i++) {
      request.write(message.copy()).await(30, SECONDS);
    }
    request.end().await(30, SECONDS);
    assertThat(response.get(30, SECONDS).getHeader("grpc-status"))
        .isEqualTo(Integer.toString(Status.Code.DATA_LOSS.value()));
  }

  /** Whose body nobody reads; the connection goes on with what comes after it. */
  @Test
  void shouldReadOverTheBodyOfARequestThatIsNone() throws Exception {
    var older = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(1));
    for (int i = 0; i < 2; i++) {
      HttpClientRequest request = request(older, port);
      var response = send(request);
      request.end(Buffer.buffer(new byte[4 * KIB * KIB])).await(10, SECONDS);
      assertThat(response.get(10, SECONDS).statusCode()).isEqualTo(415);
    }
  }
}
