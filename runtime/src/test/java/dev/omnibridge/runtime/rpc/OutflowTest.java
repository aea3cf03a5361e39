// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much a handler that streams may write for a caller who takes nothing. */
class OutflowTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int KIB = 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final Contents contents = new Contents();
  private HttpClient http;
  private int port;

  @BeforeEach
  void listen() throws Exception {
    edge.offer(contents);
    port = edge.listen().await(30, SECONDS);
    http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
  }

  @AfterEach
  void close() throws Exception {
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  /** Writes whenever there is room, and tells how many messages it has written when it is full. */
  private static final class Contents extends ContentServiceGrpc.ContentServiceImplBase {
    private final AtomicInteger written = new AtomicInteger();
    private final LinkedBlockingQueue<Integer> full = new LinkedBlockingQueue<>();
    private volatile int size;
    private volatile int most;

    @Override
    public void getContent(GetContentRequest request, StreamObserver<GetContentResponse> out) {
      var stream = (ServerCallStreamObserver<GetContentResponse>) out;
      var message =
          GetContentResponse.newBuilder().setChunk(ByteString.copyFrom(new byte[size])).build();
      stream.setOnReadyHandler(() -> write(stream, message));
    }

    private void write(
        ServerCallStreamObserver<GetContentResponse> out, GetContentResponse message) {
      while (out.isReady() && written.get() < most) {
        out.onNext(message);
        if (written.incrementAndGet() == most) {
          out.onCompleted();
        }
      }
      full.add(written.get());
    }
  }

  /** A caller who takes nothing of the answer until it is resumed. */
  private HttpClientResponse called(String timeout) throws Exception {
    var request =
        http.request(
                HttpMethod.POST,
                port,
                "127.0.0.1",
                "/" + ContentServiceGrpc.getGetContentMethod().getFullMethodName())
            .await(30, SECONDS);
    var answer = request.response().map(HttpClientResponse::pause);
    byte[] asked =
        GetContentRequest.newBuilder().setContentHash("0".repeat(64)).build().toByteArray();
    request
        .putHeader("content-type", "application/grpc")
        .putHeader("grpc-timeout", timeout)
        .end(Buffer.buffer().appendByte((byte) 0).appendInt(asked.length).appendBytes(asked))
        .await(30, SECONDS);
    return answer.await(30, SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"3072, 1", "200, 3", "64, 8"})
  void shouldBeFullWhenSoManyBytesWait(int kib, int messages) throws Exception {
    contents.size = kib * KIB;
    contents.most = 20;
    var answer = called("1H");
    assertThat(contents.full.poll(30, SECONDS)).isEqualTo(messages);

    var taken = new AtomicLong();
    answer.handler(bytes -> taken.addAndGet(bytes.length()));
    answer.resume();
    await().atMost(LIMIT).until(() -> taken.get() > 20L * kib * KIB);
    assertThat(contents.written).hasValue(20);
    answer.end().await(30, SECONDS);
    assertThat(answer.trailers().get("grpc-status")).isEqualTo("0");
  }

  @Test
  void shouldDropWhatWaitsForACallerWhoseDeadlineIsOver() throws Exception {
    contents.size = 3072 * KIB;
    contents.most = 20;
    var answer = called("2S");
    var failure = new CompletableFuture<Throwable>();
    answer.exceptionHandler(failure::complete);
    assertThat(contents.full.poll(30, SECONDS)).isEqualTo(1);
    assertThat(failure)
        .succeedsWithin(LIMIT)
        .isInstanceOfSatisfying(
            StreamResetException.class, reset -> assertThat(reset.getCode()).isEqualTo(8));
  }
}
