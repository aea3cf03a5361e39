// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stores bytes in the content store, no faster than it takes them. */
public final class ContentSink {
  private static final int CHUNK = 512 * 1024;

  private final Channel channel;

  public ContentSink(Channel channel) {
    this.channel = channel;
  }

  /** The hash under which the bytes, which must not change any more, are stored durably. */
  public Future<String> put(byte[] bytes, Duration time) {
    var context = (ContextInternal) Vertx.currentContext();
    Promise<String> promise = context == null ? Promise.promise() : context.promise();
    io.grpc.Context.ROOT.run(() -> {
      var unused =
          ClientCalls.asyncClientStreamingCall(
              channel.newCall(
                  ContentServiceGrpc.getPutContentMethod(),
                  CallOptions.DEFAULT.withDeadlineAfter(
                      Math.max(1, time.toNanos()), TimeUnit.NANOSECONDS)),
              new Upload(bytes, promise));
    });
    return promise.future();
  }

  private static final class Upload
      implements ClientResponseObserver<PutContentRequest, PutContentResponse> {
    private final byte[] bytes;
    private final Promise<String> promise;
    private int at;
    private boolean ended;

    Upload(byte[] bytes, Promise<String> promise) {
      this.bytes = bytes;
      this.promise = promise;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PutContentRequest> call) {
      call.setOnReadyHandler(() -> send(call));
    }

    private void send(ClientCallStreamObserver<PutContentRequest> call) {
      while (!ended && call.isReady()) {
        int length = Math.min(CHUNK, bytes.length - at);
        var chunk = UnsafeByteOperations.unsafeWrap(bytes, at, length);
        call.onNext(PutContentRequest.newBuilder().setChunk(chunk).build());
        at += length;
        ended = at == bytes.length;
        if (ended) {
          call.onCompleted();
        }
      }
    }

    @Override
    public void onNext(PutContentResponse stored) {
      promise.tryComplete(stored.getContentHash());
    }

    @Override
    public void onError(Throwable failure) {
      promise.tryFail(Statuses.faultOf(failure));
    }

    @Override
    public void onCompleted() {
      @Nullable Throwable silent = new IllegalStateException("An upload was not answered");
      promise.tryFail(Fault.broken(silent));
    }
  }
}
