// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Hash;
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
    Context context = Vertx.currentContext();
    Reading reading = new Reading(context, hashing.start(scope));
    var request = GetContentRequest.newBuilder().setContentHash(contentHash.hex()).build();
    io.grpc.Context.ROOT.run(() ->
        ContentServiceGrpc.newStub(dbAdapter)
            .withDeadlineAfter(scope.within(timeout).toNanos(), TimeUnit.NANOSECONDS)
            .getContent(request, reading));
    scope.onCancelled(reading::cancel);
    return reading.result().compose(hashed -> verified(hashed, contentHash));
  }

  private static Future<Hashed> verified(Hashed hashed, Hash expected) {
    Hash actual = hashed.digests().contentHash();
    return actual.equals(expected)
        ? Future.succeededFuture(hashed)
        : Future.failedFuture(
            Fault.of(Kind.BROKEN, "CONTENT_DAMAGED", "The stored content is not that of its hash.")
                .with("content_hash", expected)
                .with("actual_hash", actual));
  }

  private static final class Reading
      implements ClientResponseObserver<GetContentRequest, GetContentResponse> {
    private final Context context;
    private final Hashing.Job job;
    private final Promise<Hashed> result = Promise.promise();
    private @Nullable ClientCallStreamObserver<GetContentRequest> call;

    Reading(Context context, Hashing.Job job) {
      this.context = context;
      this.job = job;
    }

    Future<Hashed> result() {
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
      context.runOnContext(_ -> job.add(piece.getChunk()).onComplete(this::next));
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
      context.runOnContext(_ -> job.finish().onComplete(result::tryComplete, result::tryFail));
    }
  }
}
