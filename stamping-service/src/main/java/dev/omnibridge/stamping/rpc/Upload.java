// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.stamping.store.Hashed;
import dev.omnibridge.stamping.store.Hashing;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * One call that streams a file in, or the rest of it. The client may send the next message only
 * when the last one is hashed, so that memory does not grow with the file; a client that pauses too
 * long is given up. When the call breaks off, an upload with an id is kept.
 */
final class Upload implements StreamObserver<UploadStampRequest> {
  private final Context context;
  private final Stamper stamper;
  private final Uploads uploads;
  private final ServerCallStreamObserver<UploadStampResponse> out;
  private final CallScope scope = CallScope.current();
  private final long started = System.nanoTime();
  private @Nullable Order order;
  private Future<Hashing.Job> file = Future.failedFuture("not begun");
  private String id = "";
  private long size;
  private boolean entered;
  private boolean halfClosed;
  private boolean ended;
  private long timer;

  private Upload(
      Context context,
      Stamper stamper,
      Uploads uploads,
      ServerCallStreamObserver<UploadStampResponse> out) {
    this.context = context;
    this.stamper = stamper;
    this.uploads = uploads;
    this.out = out;
  }

  static StreamObserver<UploadStampRequest> start(
      Context context,
      Stamper stamper,
      Uploads uploads,
      ServerCallStreamObserver<UploadStampResponse> out) {
    out.disableAutoRequest();
    var upload = new Upload(context, stamper, uploads, out);
    context.runOnContext(_ -> upload.enter());
    return upload;
  }

  private void enter() {
    guarded(() -> {
      uploads.enter();
      entered = true;
      next();
    });
  }

  @Override
  public void onNext(UploadStampRequest message) {
    context.runOnContext(_ -> take(message));
  }

  @Override
  public void onError(Throwable clientGone) {
    context.runOnContext(_ -> end(false));
  }

  @Override
  public void onCompleted() {
    context.runOnContext(_ -> guarded(this::finish));
  }

  private void next() {
    if (!ended && !halfClosed) {
      await();
      out.request(1);
    }
  }

  private void await() {
    long idle = uploads.limits().idle().toMillis();
    timer = context.owner().setTimer(idle, _ -> missMessage());
  }

  private void missMessage() {
    if (scope.receiving()) {
      await();
    } else {
      pause(idleFault());
    }
  }

  private void take(UploadStampRequest message) {
    context.owner().cancelTimer(timer);
    guarded(() -> {
      Order asked = order;
      if (asked == null) {
        begin(message);
      } else {
        checkLater(message);
      }
      add(message.getChunk());
    });
  }

  private void begin(UploadStampRequest first) {
    Order asked = Order.from(first.getOptions());
    Writing.checkBefore(asked, null);
    order = asked;
    size = first.getOffset();
    bound(asked.announced());
    if (first.getUploadId().isEmpty()) {
      if (size > 0) {
        throw Fault.invalidField(
            "UPLOAD_ID_MISSING", "upload_id", "Only an upload with an id can go on.");
      }
      file = Future.succeededFuture(uploads.anonymous());
    } else {
      id = first.getUploadId();
      file = uploads.attach(id, size, this);
    }
  }

  private static void checkLater(UploadStampRequest message) {
    if (message.hasOptions() || !message.getUploadId().isEmpty() || message.getOffset() != 0) {
      throw Fault.invalidField(
          "OPTIONS_NOT_FIRST", "options", "Options belong into the first message only.");
    }
  }

  private void add(ByteString chunk) {
    size += chunk.size();
    bound(size);
    // What compose gives would keep the chunk until the next one.
    file = file.compose(job -> add(chunk, job)).map(job -> job);
    file.onSuccess(_ -> next()).onFailure(this::fail);
  }

  private Future<Hashing.Job> add(ByteString chunk, Hashing.Job job) {
    if (ended) {
      return Future.failedFuture(over());
    }
    if (job.isFinished() && !chunk.isEmpty()) {
      return Future.failedFuture(
          Fault.of(Kind.REFUSED, "UPLOAD_FINISHED", "The upload has ended already."));
    }
    return chunk.isEmpty() ? Future.succeededFuture(job) : job.add(chunk).map(_ -> job);
  }

  /** An upload without an end, or beyond what was declared, is stopped where that shows. */
  private void bound(long bytes) {
    long most = uploads.limits().mostBytes();
    if (bytes > most) {
      throw Fault.invalid(
              "UPLOAD_TOO_LARGE", "An upload has at most %d bytes here.".formatted(most))
          .with("most_bytes", most);
    }
    if (order != null && order.announced() > 0 && bytes > order.announced()) {
      throw order.wrongSize("more than that");
    }
  }

  private void finish() {
    context.owner().cancelTimer(timer);
    halfClosed = true;
    if (order == null) {
      begin(UploadStampRequest.getDefaultInstance());
    }
    Order asked = order == null ? Order.from(StampOptions.getDefaultInstance()) : order;
    file.compose(job -> ended ? Future.failedFuture(over()) : job.finish())
        .compose(hashed -> record(asked, hashed))
        .onSuccess(this::answer)
        .onFailure(this::fail);
  }

  private Future<UploadStampResponse> record(Order asked, Hashed hashed) {
    return ended ? Future.failedFuture(over()) : stamper.uploaded(asked, hashed, scope, started);
  }

  /**
   * What waited for others while the call ended must not touch the file: it may go on elsewhere.
   */
  private static Fault over() {
    return Fault.of(Kind.CANCELLED, "CALLER_GONE", "Nobody waits for this stamp any more.");
  }

  /** The upload is kept a little longer: the answer may be lost. */
  private void answer(UploadStampResponse response) {
    if (end(false) && !scope.cancelled()) {
      out.onNext(response);
      out.onCompleted();
    }
  }

  /** Another call goes on with the upload. */
  void takenOver() {
    pause(Fault.of(Kind.CONFLICT, "UPLOAD_TAKEN_OVER", "Another call goes on with this upload."));
  }

  /** Ends the call; the upload can go on. */
  private void pause(Fault fault) {
    if (end(false)) {
      refuse(fault);
    }
  }

  private void fail(Throwable failure) {
    boolean canGoOn = failure instanceof Fault fault && mayGoOn(fault);
    if (end(!canGoOn)) {
      refuse(failure);
    }
  }

  /** What passes, or does not touch what is hashed already. */
  private static boolean mayGoOn(Fault fault) {
    return fault.kind().worthRetrying()
        || fault.is("UPLOAD_OFFSET_WRONG")
        || fault.is("UPLOAD_FINISHED");
  }

  private void refuse(Throwable failure) {
    if (!scope.cancelled()) {
      Replies.fail(out, failure);
    }
  }

  private void guarded(Runnable step) {
    if (ended) {
      return;
    }
    try {
      step.run();
    } catch (RuntimeException failure) {
      fail(failure);
    }
  }

  /** True the first time: there is one answer. */
  private boolean end(boolean spoilt) {
    context.owner().cancelTimer(timer);
    if (ended) {
      return false;
    }
    ended = true;
    if (entered) {
      uploads.leave();
    }
    if (!id.isEmpty()) {
      uploads.detach(id, this, spoilt);
    }
    return true;
  }

  private Fault idleFault() {
    return Fault.of(
        Kind.TIMEOUT,
        "UPLOAD_IDLE",
        "The upload paused for more than %d ms.".formatted(uploads.limits().idle().toMillis()));
  }
}
