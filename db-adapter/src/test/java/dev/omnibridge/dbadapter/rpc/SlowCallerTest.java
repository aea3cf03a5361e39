// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc.StampLeafServiceImplBase;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What waits in the server for a caller who takes nothing does not stay there. */
class SlowCallerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Three times as much as a caller's window lets through without being read. */
  private static final ReadStampLeavesResponse LARGE =
      ReadStampLeavesResponse.newBuilder()
          .setLeaves(ByteString.copyFrom(new byte[3 << 20]))
          .build();

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));

  /** What would happen when a page is not taken, and after the rest of the time. */
  private final Queue<Runnable> untaken = new ConcurrentLinkedQueue<>();

  private final Queue<Runnable> rests = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sent = new AtomicInteger();
  private int port;

  @BeforeEach
  void listen() throws Exception {
    edge.offer(new Leaves());
    port = edge.listen().await(30, SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private Runnable after(long millis, Runnable action) {
    var alarms = millis == Turns.REST_MILLIS ? rests : untaken;
    alarms.add(action);
    return () -> alarms.remove(action);
  }

  private final class Leaves extends StampLeafServiceImplBase {
    private final Turns turns = new Turns(context, SlowCallerTest.this::after, StampRows::busy);

    @Override
    public void readStampLeaves(
        ReadStampLeavesRequest request, StreamObserver<ReadStampLeavesResponse> out) {
      var caller = (ServerCallStreamObserver<ReadStampLeavesResponse>) out;
      new Pages<>(context, turns, caller, this::next).begin();
    }

    private Future<Pages.Page<ReadStampLeavesResponse>> next() {
      sent.incrementAndGet();
      return Future.succeededFuture(new Pages.Page<>(List.of(LARGE), false));
    }
  }

  private void ring(Queue<Runnable> alarms) {
    Promise<Void> rung = Promise.promise();
    context.runOnContext(_ -> {
      Runnable alarm = alarms.poll();
      if (alarm != null) {
        alarm.run();
      }
      rung.complete();
    });
    var unused = rung.future().timeout(30, SECONDS).await();
  }

  private void untilTooSlow() {
    await()
        .atMost(LIMIT)
        .until(() -> {
          ring(untaken);
          return !rests.isEmpty();
        });
  }

  private static final class Caller extends ClientCall.Listener<ReadStampLeavesResponse> {
    private final AtomicInteger taken = new AtomicInteger();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onMessage(ReadStampLeavesResponse message) {
      taken.incrementAndGet();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }

  private Called call() {
    var caller = new Caller();
    var call =
        edge.at("127.0.0.1:" + port)
            .newCall(StampLeafServiceGrpc.getReadStampLeavesMethod(), CallOptions.DEFAULT);
    call.start(caller, new Metadata());
    call.sendMessage(ReadStampLeavesRequest.newBuilder().setNamespace("a").build());
    call.halfClose();
    return new Called(call, caller);
  }

  private record Called(ClientCall<?, ?> call, Caller caller) {
    Status end() {
      call.request(Integer.MAX_VALUE);
      return caller.end.orTimeout(30, SECONDS).join();
    }
  }

  @Test
  void shouldTellWhoComesBackWhatWaitedAndWhyItEnded() {
    var called = call();
    untilTooSlow();
    assertThat(called.end().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(called.caller().taken.get()).isPositive().isEqualTo(sent.get());
    assertThat(rests).isEmpty();
  }

  @Test
  void shouldHandTheTurnOnWhenWhoWasTooSlowGoes() {
    var called = call();
    untilTooSlow();
    called.call().cancel("has gone", null);
    await().atMost(LIMIT).until(rests::isEmpty);
  }

  /** As a caller to whom a service is away, it may go on where it was. */
  @Test
  void shouldDropWhatWaitsForWhoDoesNotComeBack() {
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    ((Logger) LoggerFactory.getLogger("io.netty.handler.codec.http2")).addAppender(lines);
    var called = call();
    untilTooSlow();
    assertThat(sent).hasValue(1);
    ring(rests);
    assertThat(called.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(called.caller().taken).hasValue(0);
    assertThat(lines.list).extracting(ILoggingEvent::getLevel).doesNotContain(Level.ERROR);
  }
}
