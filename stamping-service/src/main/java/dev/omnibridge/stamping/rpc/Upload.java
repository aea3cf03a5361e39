// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.stamping.store.Hashing;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One file that is streamed in. The client may send the next message only when the last one is
 * hashed, so that memory does not grow with the file; a client that pauses too long is given up.
 */
final class Upload implements StreamObserver<UploadStampRequest> {
  private final Context context;
  private final Stamper stamper;
  private final Duration idle;
  private final ServerCallStreamObserver<UploadStampResponse> out;
  private final CallScope scope = CallScope.current();
  private final long started = System.nanoTime();
  private final Hashing.Job job;
  private @Nullable Order order;
  private boolean ended;
  private long timer;

  private Upload(
      Context context,
      Stamper stamper,
      Duration idle,
      ServerCallStreamObserver<UploadStampResponse> out) {
    this.context = context;
    this.stamper = stamper;
    this.idle = idle;
    this.out = out;
    this.job = stamper.start(scope);
  }

  static StreamObserver<UploadStampRequest> start(
      Context context,
      Stamper stamper,
      Duration idle,
      ServerCallStreamObserver<UploadStampResponse> out) {
    out.disableAutoRequest();
    var upload = new Upload(context, stamper, idle, out);
    context.runOnContext(_ -> upload.next());
    return upload;
  }

  @Override
  public void onNext(UploadStampRequest message) {
    context.runOnContext(_ -> take(message));
  }

  @Override
  public void onError(Throwable clientGone) {
    context.runOnContext(_ -> end());
  }

  @Override
  public void onCompleted() {
    context.runOnContext(_ -> stamp());
  }

  private void next() {
    if (!ended) {
      timer = context.owner().setTimer(idle.toMillis(), _ -> fail(idleFault()));
      out.request(1);
    }
  }

  private void take(UploadStampRequest message) {
    context.owner().cancelTimer(timer);
    if (ended) {
      return;
    }
    if (order != null && message.hasOptions()) {
      fail(
          Fault.invalidField(
              "OPTIONS_NOT_FIRST", "options", "Options belong into the first message only."));
      return;
    }
    try {
      order = order == null ? Order.from(message.getOptions()) : order;
      job.add(message.getChunk()).onSuccess(_ -> next()).onFailure(this::fail);
    } catch (Fault refused) {
      fail(refused);
    }
  }

  private void stamp() {
    if (end()) {
      Order asked = order == null ? Order.from(StampOptions.getDefaultInstance()) : order;
      stamper.finish(asked, job, scope, started).onSuccess(this::answer).onFailure(this::refuse);
    }
  }

  private void answer(UploadStampResponse response) {
    if (!scope.cancelled()) {
      out.onNext(response);
      out.onCompleted();
    }
  }

  private void fail(Throwable failure) {
    if (end()) {
      refuse(failure);
    }
  }

  private void refuse(Throwable failure) {
    if (!scope.cancelled()) {
      Replies.fail(out, failure);
    }
  }

  /** True the first time: there is one answer. */
  private boolean end() {
    context.owner().cancelTimer(timer);
    boolean first = !ended;
    ended = true;
    return first;
  }

  private Fault idleFault() {
    return Fault.of(
        Kind.TIMEOUT,
        "UPLOAD_IDLE",
        "The upload paused for more than %d ms.".formatted(idle.toMillis()));
  }
}
