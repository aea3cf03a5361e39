// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static dev.omnibridge.stamping.Served.options;
import static dev.omnibridge.stamping.StampingStories.fault;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.GetUploadRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.stamp.FileDigest;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Uploads that break off, and go on; and those that must not. */
class ResumedUploadTest {
  private static final int PIECE = 100_000;
  private static final byte[] FILE = new byte[10 * PIECE];

  static {
    new Random(7).nextBytes(FILE);
  }

  private final String id = UUID.randomUUID().toString();
  private Served served;

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @Test
  void shouldGoOnWhereTheCallBrokeOff() throws Exception {
    serve(Map.of());
    Call broken = new Call(id, 0, options());
    broken.send(0, 4);
    awaitOffset(4 * PIECE);
    broken.breakOff();
    Call rest = new Call(id, offset(), options());
    rest.send(4, 10);

    assertStampOfTheFile(rest.finish());
    assertThat(served.model.events()).hasSize(1);
  }

  @Test
  void shouldGoOnAfterEveryPiece() throws Exception {
    serve(Map.of());
    for (int i = 0; i < 10; i++) {
      Call call = new Call(id, (long) i * PIECE, options());
      call.send(i, i + 1);
      awaitOffset((i + 1L) * PIECE);
      if (i < 9) {
        call.breakOff();
      } else {
        assertStampOfTheFile(call.finish());
      }
    }
  }

  @Test
  void shouldTellTheOffsetWhenItIsWrong() throws Exception {
    serve(Map.of());
    Call first = new Call(id, 0, options());
    first.send(0, 2);
    awaitOffset(2 * PIECE);
    first.breakOff();
    Fault fault = new Call(id, PIECE, options()).failure();
    Call rest = new Call(id, 2 * PIECE, options());
    rest.send(2, 10);

    assertThat(fault.reason()).isEqualTo("UPLOAD_OFFSET_WRONG");
    assertThat(fault.facts()).containsEntry("offset", "200000");
    assertStampOfTheFile(rest.finish());
  }

  @Test
  void shouldEndACallWhoseUploadGoesOnElsewhere() throws Exception {
    serve(Map.of());
    Call first = new Call(id, 0, options());
    first.send(0, 3);
    awaitOffset(3 * PIECE);
    Call second = new Call(id, 3 * PIECE, options());
    second.send(3, 10);

    assertThat(first.failure().reason()).isEqualTo("UPLOAD_TAKEN_OVER");
    assertStampOfTheFile(second.finish());
  }

  @Test
  void shouldAnswerAgainWhenTheAnswerWasLost() throws Exception {
    serve(Map.of());
    Call whole = new Call(id, 0, options());
    whole.send(0, 10);
    Stamp stamp = whole.finish().getStamp();
    Call again = new Call(id, offset(), options());
    again.send(10, 10);
    UploadStampResponse answer = again.finish();

    assertThat(answer.getExisted()).isTrue();
    assertThat(answer.getStamp()).isEqualTo(stamp);
    Call more = new Call(id, offset(), options());
    more.send(0, 1);
    assertThat(more.failure().reason()).isEqualTo("UPLOAD_FINISHED");
  }

  @Test
  void shouldNotKnowAnUploadThatItForgot() throws Exception {
    serve(Map.of("STAMPING_UPLOAD_KEPT", "1s"));
    assertThat(fault(this::offset).reason()).isEqualTo("UPLOAD_UNKNOWN");
    assertThat(new Call(id, PIECE, options()).failure().reason()).isEqualTo("UPLOAD_UNKNOWN");
    Call call = new Call(id, 0, options());
    call.send(0, 1);
    awaitOffset(PIECE);
    call.breakOff();

    await()
        .atMost(30, SECONDS)
        .ignoreExceptions()
        .until(() -> fault(this::offset).is("UPLOAD_UNKNOWN"));
    assertThat(fault(this::offset).kind()).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void shouldKeepNoMoreUploadsThanItMay() throws Exception {
    serve(Map.of("STAMPING_UPLOADS", "2"));
    Call one = new Call(id, 0, options());
    one.send(0, 1);
    awaitOffset(PIECE);
    Call two = new Call(UUID.randomUUID().toString(), 0, options());

    await()
        .atMost(30, SECONDS)
        .until(() -> new Call("", 0, options()).failure().is("UPLOADS_BUSY"));
    one.breakOff();
    Call three = new Call(UUID.randomUUID().toString(), 0, options());
    await()
        .atMost(30, SECONDS)
        .ignoreExceptions()
        .until(() -> fault(this::offset).is("UPLOAD_UNKNOWN"));
    two.breakOff();
    three.breakOff();
  }

  @Test
  void shouldStopAnUploadWithoutAnEnd() throws Exception {
    serve(Map.of("STAMPING_UPLOAD_MAX_MIB", "1"));
    Call endless = new Call("", 0, options());
    endless.sendForEver();
    Call announced = new Call(id, 0, options().setDeclaredSize(1024 * 1024 + 1));

    assertThat(endless.failure().reason()).isEqualTo("UPLOAD_TOO_LARGE");
    assertThat(announced.failure().reason()).isEqualTo("UPLOAD_TOO_LARGE");
    assertThat(fault(this::offset).reason()).isEqualTo("UPLOAD_UNKNOWN");
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldRefuseAnotherSizeThanDeclared() throws Exception {
    serve(Map.of());
    Call tooLong = new Call(id, 0, options().setDeclaredSize(PIECE));
    tooLong.sendForEver();
    assertThat(tooLong.failure().reason()).isEqualTo("SIZE_MISMATCH");
    Call tooShort = new Call(id, 0, options().setDeclaredSize(2 * PIECE));
    tooShort.send(0, 1);

    assertThat(fault(tooShort::finish).reason()).isEqualTo("SIZE_MISMATCH");
    assertThat(fault(this::offset).reason()).isEqualTo("UPLOAD_UNKNOWN");
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldNotGoOnWithoutAnId() throws Exception {
    serve(Map.of());
    assertThat(new Call("", PIECE, options()).failure().reason()).isEqualTo("UPLOAD_ID_MISSING");
  }

  @Test
  void shouldHoldNoThreadForAClientThatPauses() throws Exception {
    serve(Map.of());
    long threads = Thread.getAllStackTraces().size();
    for (int i = 0; i < 200; i++) {
      new Call(UUID.randomUUID().toString(), 0, options()).send(0, 1);
    }
    Call last = new Call(id, 0, options());
    last.send(0, 10);

    assertStampOfTheFile(last.finish());
    assertThat(Thread.getAllStackTraces().size() - threads).isLessThan(20);
  }

  private void serve(Map<String, String> environment) throws Exception {
    served = Served.with(environment);
  }

  private long offset() {
    return served
        .client()
        .getUpload(GetUploadRequest.newBuilder().setUploadId(id).build())
        .getOffset();
  }

  private void awaitOffset(long offset) {
    await()
        .atMost(30, SECONDS)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(offset()).isEqualTo(offset));
  }

  private static void assertStampOfTheFile(UploadStampResponse answer) {
    var digests = FileDigest.of(FILE);
    assertThat(answer.getStamp().getContentHash()).isEqualTo(digests.contentHash().hex());
    assertThat(answer.getStamp().getFileSize()).isEqualTo(FILE.length);
  }

  /** One call of a client. */
  private final class Call
      implements ClientResponseObserver<UploadStampRequest, UploadStampResponse> {
    private final CompletableFuture<UploadStampResponse> answer = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<UploadStampRequest>> call =
        new CompletableFuture<>();

    Call(String uploadId, long offset, StampOptions.Builder options) {
      served.streaming().uploadStamp(this);
      send(
          UploadStampRequest.newBuilder()
              .setUploadId(uploadId)
              .setOffset(offset)
              .setOptions(options)
              .build());
    }

    private void send(UploadStampRequest message) {
      call.join().onNext(message);
    }

    void send(int fromPiece, int toPiece) {
      for (int i = fromPiece; i < toPiece; i++) {
        send(
            UploadStampRequest.newBuilder()
                .setChunk(ByteString.copyFrom(FILE, i * PIECE, PIECE))
                .build());
      }
    }

    /** Until the server says no. */
    void sendForEver() {
      await()
          .atMost(30, SECONDS)
          .until(() -> {
            if (!answer.isDone() && call.join().isReady()) {
              send(0, 1);
            }
            return answer.isDone();
          });
    }

    void breakOff() {
      call.join().cancel("the connection broke", null);
    }

    UploadStampResponse finish() throws Exception {
      call.join().onCompleted();
      try {
        return answer.get(30, SECONDS);
      } catch (ExecutionException failure) {
        throw (Exception) failure.getCause();
      }
    }

    Fault failure() throws InterruptedException, TimeoutException {
      try {
        throw new AssertionError("answered " + answer.get(30, SECONDS));
      } catch (ExecutionException failure) {
        return Statuses.faultOf(failure.getCause());
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<UploadStampRequest> starting) {
      call.complete(starting);
    }

    @Override
    public void onNext(UploadStampResponse response) {
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
