// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.Range;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Content in the content store. It streams through: the next piece is asked for when the last one
 * is hashed.
 */
public final class ContentSource {
  private final Channel dbAdapter;
  private final Hashing hashing;
  private final Duration timeout;

  public ContentSource(Channel dbAdapter, Hashing hashing, Duration timeout) {
    this.dbAdapter = dbAdapter;
    this.hashing = hashing;
    this.timeout = timeout;
  }

  /**
   * Both digests of stored content; to be called on a Vert.x context. NOT_FOUND (CONTENT_NOT_FOUND)
   * when it is not stored, BROKEN (CONTENT_DAMAGED) when its bytes are not those of the hash.
   */
  public Future<Hashed> hash(Hash contentHash, CallScope scope) {
    return stream(contentHash, scope, hashing.start(scope))
        .compose(hashed -> verified(hashed, hashed.digests().contentHash(), contentHash));
  }

  /** A slice of stored content around a range that fits into memory; the same failures. */
  public Future<Slicing.Taken> slice(Hash contentHash, Range range, CallScope scope) {
    return stream(contentHash, scope, new Slicing(hashing, scope, range))
        .compose(taken -> verified(taken, taken.contentHash(), contentHash));
  }

  private <R> Future<R> stream(Hash contentHash, CallScope scope, Sink<R> sink) {
    Context context = Vertx.currentContext();
    Reading<R> reading = new Reading<>(context, sink);
    var request = GetContentRequest.newBuilder().setContentHash(contentHash.hex()).build();
    io.grpc.Context.ROOT.run(() ->
        ContentServiceGrpc.newStub(dbAdapter)
            .withDeadlineAfter(scope.within(timeout).toNanos(), TimeUnit.NANOSECONDS)
            .getContent(request, reading));
    Runnable forget = scope.onCancelled(reading::cancel);
    return reading.result().onComplete(_ -> forget.run());
  }

  private static <R> Future<R> verified(R result, Hash actual, Hash expected) {
    return actual.equals(expected)
        ? Future.succeededFuture(result)
        : Future.failedFuture(
            Fault.of(Kind.BROKEN, "CONTENT_DAMAGED", "The stored content is not that of its hash.")
                .with("content_hash", expected)
                .with("actual_hash", actual));
  }

  /** Takes a content in, piece by piece. */
  interface Sink<R> {
    /** The next piece; done when another one may come. */
    Future<?> add(ByteString piece);

    /** What was made of all pieces. */
    Future<R> finish();
  }

  private static final class Reading<R>
      implements ClientResponseObserver<GetContentRequest, GetContentResponse> {
    private final Context context;
    private final Sink<R> sink;
    private final Promise<R> result = Promise.promise();
    private @Nullable ClientCallStreamObserver<GetContentRequest> call;

    Reading(Context context, Sink<R> sink) {
      this.context = context;
      this.sink = sink;
    }

    Future<R> result() {
      return result.future();
    }

    void cancel() {
      if (call != null) {
        call.cancel("Nobody waits for this content any more", null);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<GetContentRequest> starting) {
      call = starting;
      starting.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(GetContentResponse piece) {
      context.runOnContext(_ -> sink.add(piece.getChunk()).onComplete(this::next));
    }

    private void next(@Nullable Object hashed, @Nullable Throwable failure) {
      if (failure != null) {
        result.tryFail(failure);
        cancel();
      } else if (call != null) {
        call.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      context.runOnContext(_ -> result.tryFail(Statuses.faultOf(failure)));
    }

    @Override
    public void onCompleted() {
      context.runOnContext(_ -> sink.finish().onComplete(result::tryComplete, result::tryFail));
    }
  }
}
