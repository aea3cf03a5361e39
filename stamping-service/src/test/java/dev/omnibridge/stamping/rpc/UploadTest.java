// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.store.Hashing;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uploads while the only worker is busy, so that everything happens in an order that is known. */
class UploadTest {
  private static final int PIECE = 100_000;
  private static final ByteString CHUNK = ByteString.copyFrom(new byte[PIECE]);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Hashing hashing = new Hashing(vertx.createSharedWorkerExecutor("busy", 1));
  private final CountDownLatch busy = new CountDownLatch(1);
  private final String id = UUID.randomUUID().toString();
  private final Uploads uploads =
      new Uploads(
          context,
          hashing,
          new Uploads.Limits(8, Duration.ofMinutes(1), Duration.ofMinutes(1), 1 << 30));

  @BeforeEach
  void occupy() {
    vertx
        .createSharedWorkerExecutor("busy", 1)
        .executeBlocking(() -> {
          busy.await();
          return true;
        });
  }

  @AfterEach
  void stop() throws Exception {
    busy.countDown();
    vertx.close().await(10, SECONDS);
  }

  @Test
  void shouldHashAPieceOnceThoughTwoCallsBringIt() throws Exception {
    var broken = new Answer();
    StreamObserver<UploadStampRequest> first = start(broken);
    first.onNext(message(0).build());
    first.onError(new IllegalStateException("the connection broke"));
    var early = new Answer();
    start(early).onNext(message(PIECE).build());
    var late = new Answer();
    start(late).onNext(message(PIECE).build());
    assertTakenOver(early);
    busy.countDown();
    assertThat(late.secondRequest.await(10, SECONDS)).isTrue();

    assertThat(offset()).isEqualTo(2 * PIECE);
  }

  @Test
  void shouldNotEndAnUploadForACallThatAnotherTookOver() throws Exception {
    var early = new Answer();
    StreamObserver<UploadStampRequest> whole = start(early);
    whole.onNext(message(0).build());
    whole.onCompleted();
    var rest = new Answer();
    start(rest).onNext(message(PIECE).build());
    assertTakenOver(early);
    busy.countDown();
    assertThat(rest.secondRequest.await(10, SECONDS)).isTrue();

    assertThat(offset()).isEqualTo(2 * PIECE);
    assertThat(rest.failure).isNotDone();
  }

  @Test
  void shouldNotWaitForAClientThatHasSentEverything() throws Exception {
    var answer = new Answer();
    StreamObserver<UploadStampRequest> call = start(answer);
    call.onNext(
        message(0).setOptions(StampOptions.newBuilder().setDeclaredSize(2 * PIECE)).build());
    call.onCompleted();
    awaitContext();
    busy.countDown();

    assertThat(Statuses.faultOf(answer.failure.get(10, SECONDS)).reason())
        .isEqualTo("SIZE_MISMATCH");
    assertThat(answer.secondRequest.getCount()).isEqualTo(1);
  }

  private static void assertTakenOver(Answer call) throws Exception {
    assertThat(Statuses.faultOf(call.failure.get(10, SECONDS)).reason())
        .isEqualTo("UPLOAD_TAKEN_OVER");
  }

  private StreamObserver<UploadStampRequest> start(Answer answer) {
    var stamper = new Stamper(null, new Sources(hashing, null, null, true));
    return Upload.start(context, stamper, uploads, answer);
  }

  private UploadStampRequest.Builder message(long offset) {
    return UploadStampRequest.newBuilder().setUploadId(id).setOffset(offset).setChunk(CHUNK);
  }

  /** Until the service has seen all that was sent so far. */
  private void awaitContext() throws Exception {
    var seen = new CompletableFuture<Boolean>();
    context.runOnContext(_ -> seen.complete(true));
    assertThat(seen.get(10, SECONDS)).isTrue();
  }

  private long offset() throws Exception {
    var offset = new CompletableFuture<Long>();
    context.runOnContext(_ -> uploads.offset(id).onSuccess(offset::complete));
    return offset.get(10, SECONDS);
  }

  /** What a client sees. */
  private static final class Answer extends ServerCallStreamObserver<UploadStampResponse> {
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CountDownLatch secondRequest = new CountDownLatch(1);
    private boolean requested;

    @Override
    public void request(int count) {
      if (requested) {
        secondRequest.countDown();
      }
      requested = true;
    }

    @Override
    public void onError(Throwable told) {
      failure.complete(told);
    }

    @Override
    public void onNext(UploadStampResponse response) {}

    @Override
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
