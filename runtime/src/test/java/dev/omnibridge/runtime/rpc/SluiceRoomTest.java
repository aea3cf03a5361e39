// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static dev.omnibridge.runtime.rpc.Streaming.message;
import static dev.omnibridge.runtime.rpc.Streaming.send;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.rpc.Streaming.Contents;
import dev.omnibridge.runtime.rpc.Streaming.Received;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpcio.server.GrpcIoServer;
import io.vertx.grpcio.server.GrpcIoServiceBridge;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large messages, which need room: who has it, for how long, and that it comes back. */
class SluiceRoomTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int ROOM = 2 * Edge.MAX_MESSAGE_BYTES;
  private static final int LARGE = 3 * 1024 * 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Room room = new Room(ROOM);
  private final Contents contents = new Contents();
  private final Deadlines deadlines = new Deadlines();
  private final HttpClient http =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private int port;

  /** Clients have ten of these seconds to say more. */
  private void serve(Duration second) throws Exception {
    var service = contents.bindService();
    var sluices = new Sluices(room, second);
    sluices.learn(service);
    var options = new GrpcServerOptions().setMaxMessageSize(Edge.MAX_MESSAGE_BYTES);
    var server = GrpcIoServer.server(vertx, options);
    server.addService(
        GrpcIoServiceBridge.bridge(ServerInterceptors.intercept(service, sluices, deadlines)));
    port =
        vertx
            .createHttpServer()
            .requestHandler(request ->
                Deadlines.pass(sluices.before(request, request.getHeader("content-type")), server))
            .listen(0, "127.0.0.1")
            .await(30, SECONDS)
            .actualPort();
  }

  @AfterEach
  void close() throws Exception {
    deadlines.close();
    vertx.close().await(30, SECONDS);
  }

  private boolean isAllFree() {
    var all = room.take(ROOM, () -> {});
    boolean free = all.isGranted();
    all.free();
    return free;
  }

  private void awaitTaken() {
    await().atMost(LIMIT).until(() -> !isAllFree());
  }

  private void awaitAllFree() {
    await().atMost(LIMIT).until(this::isAllFree);
  }

  private HttpClientRequest request() throws Exception {
    return Streaming.request(http, port);
  }

  private static Buffer large() {
    return message(ByteString.copyFrom(new byte[LARGE]), false);
  }

  private static void assertStatus(Status.Code code, HttpClientResponse response) {
    assertThat(response.getHeader("grpc-status")).isEqualTo(Integer.toString(code.value()));
  }

  private void assertTakesUploads() throws Exception {
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(3);
    request.write(large()).await(30, SECONDS);
    request.end(large()).await(30, SECONDS);
    assertThat(call.completed).succeedsWithin(LIMIT);
    assertThat(response).succeedsWithin(LIMIT);
    awaitAllFree();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "deadline"})
  @Execution(ExecutionMode.CONCURRENT)
  void shouldKeepNoRoomForACallThatEndsWithinAMessage(String end) throws Exception {
    serve(SECOND);
    HttpClientRequest request = request();
    if (end.equals("deadline")) {
      var unused = request.putHeader("grpc-timeout", "3S");
    }
    var response = send(request);
    Received call = contents.next();
    call.out.request(1);
    request.write(large().slice(0, 100)).await(30, SECONDS);
    awaitTaken();
    if (end.equals("reset")) {
      var unused = request.reset();
    } else {
      assertStatus(Status.Code.DEADLINE_EXCEEDED, response.get(30, SECONDS));
    }
    assertThat(call.gone).succeedsWithin(LIMIT);
    awaitAllFree();
  }

  /** Vert.x never says that such a call is over, since its listener is not there yet. */
  @Test
  void shouldKeepNoRoomForCallsThatAreRefusedAsTheyBegin() throws Exception {
    serve(SECOND);
    contents.refuse(true);
    for (int i = 0; i < 4; i++) {
      HttpClientRequest request = request();
      var response = send(request);
      request.end(large()).await(30, SECONDS);
      assertStatus(Status.Code.RESOURCE_EXHAUSTED, response.get(30, SECONDS));
    }
    awaitAllFree();
    contents.refuse(false);
    assertTakesUploads();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 100})
  void shouldGiveUpAClientThatSaysNoMoreWithinALargeMessage(int bytes) throws Exception {
    serve(Duration.ofMillis(20));
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(1);
    request.write(large().slice(0, bytes)).await(30, SECONDS);
    assertThat(response).failsWithin(LIMIT);
    assertThat(call.gone).succeedsWithin(LIMIT);
    assertThat(call.messages).isEmpty();
    assertThat(call.completed).isNotDone();
    awaitAllFree();
  }

  /** Its time runs while it is sent, and not while its call has other things to do. */
  @Test
  void shouldLetAMessageThatIsThereWaitForItsCall() throws Exception {
    serve(Duration.ofMillis(100));
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(1);
    request.write(large()).await(30, SECONDS);
    request.end(large()).await(30, SECONDS);
    await().atMost(LIMIT).until(() -> call.messages.size() == 1);
    await().during(Duration.ofSeconds(3)).atMost(LIMIT).until(() -> !call.gone.isDone());
    call.out.request(2);
    assertThat(call.completed).succeedsWithin(LIMIT);
    assertThat(response).succeedsWithin(LIMIT);
    awaitAllFree();
  }

  /** And the time of one that waits for room begins when it has it. */
  @Test
  void shouldLetAClientWaitForRoom() throws Exception {
    serve(Duration.ofMillis(100));
    var all = room.take(ROOM, () -> {});
    HttpClientRequest request = request();
    var response = send(request);
    Received call = contents.next();
    call.out.request(2);
    var unused = request.end(large());
    await().during(Duration.ofSeconds(3)).atMost(LIMIT).until(() -> !call.gone.isDone());
    assertThat(call.scope.receiving()).isTrue();
    all.free();
    assertThat(call.completed).succeedsWithin(LIMIT);
    assertThat(call.scope.receiving()).isFalse();
    assertThat(response).succeedsWithin(LIMIT);
    awaitAllFree();
  }

  /** The server says nothing of a message that it cannot read, to the handler or the client. */
  @ParameterizedTest
  @CsvSource({"0, identity", "1, deflate", "1, gzip", "1,"})
  void shouldEndACallWhoseMessageCannotBeRead(byte compressed, String encoding) throws Exception {
    serve(SECOND);
    HttpClientRequest request = request();
    if (encoding != null) {
      var unused = request.putHeader("grpc-encoding", encoding);
    }
    var response = send(request);
    Received call = contents.next();
    call.out.request(2);
    byte[] nothing = new byte[LARGE];
    Arrays.fill(nothing, (byte) 0xff);
    var unused =
        request.end(Buffer.buffer().appendByte(compressed).appendInt(LARGE).appendBytes(nothing));
    assertThat(response).failsWithin(LIMIT);
    assertThat(call.gone).succeedsWithin(LIMIT);
    assertThat(call.messages).isEmpty();
    assertThat(call.completed).isNotDone();
    awaitAllFree();
    assertTakesUploads();
  }
}
