// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in one content, chunk by chunk: the next chunk is asked for when the one before is stored,
 * so memory does not grow with the content. Content of one piece is stored when it is complete;
 * larger content is staged and leaves nothing behind when it does not come to its end.
 */
final class Upload implements StreamObserver<PutContentRequest> {
  private static final Logger log = LoggerFactory.getLogger(Upload.class);
  private static final int HASHED_HERE = 64 * 1024;

  /** Shorter than the age at which staged uploads are swept. */
  private static final Duration LIMIT = Duration.ofMinutes(50);

  private final Context context;
  private final ContentStore store;
  private final ServerCallStreamObserver<PutContentResponse> out;
  private final long maxBytes;
  private final UUID id;
  private final long began = System.nanoTime();
  private final Blake3 hasher = Blake3.hasher();
  private byte[] piece = {};
  private int filled;
  private int pieces;
  private long size;
  private String expectedHash = "";
  private boolean staged;
  private boolean ended;
  private Future<?> tail = Future.succeededFuture();

  Upload(
      Context context,
      ContentStore store,
      ServerCallStreamObserver<PutContentResponse> out,
      long maxBytes,
      UUID id) {
    this.context = context;
    this.store = store;
    this.out = out;
    this.maxBytes = maxBytes;
    this.id = id;
  }

  Upload begin() {
    out.disableAutoRequest();
    out.setOnCancelHandler(this::gone);
    out.setOnCloseHandler(this::gone);
    out.request(1);
    return this;
  }

  @Override
  public void onNext(PutContentRequest message) {
    next(() -> take(message).onSuccess(_ -> out.request(1)));
  }

  @Override
  public void onError(Throwable cancelled) {
    gone();
  }

  @Override
  public void onCompleted() {
    next(this::finish);
  }

  /** Does one step after the others; the first failure ends the call. */
  private void next(java.util.function.Supplier<Future<?>> step) {
    context.runOnContext(_ ->
        tail =
            tail.compose(_ -> ended ? Future.succeededFuture() : step.get())
                .onFailure(this::fail)
                .otherwiseEmpty());
  }

  private Future<?> take(PutContentRequest message) {
    if (!message.getExpectedHash().isEmpty()) {
      expectedHash = message.getExpectedHash();
    }
    ByteString chunk = message.getChunk();
    size += chunk.size();
    if (size > maxBytes) {
      return Future.failedFuture(
          Fault.invalid(
                  "CONTENT_TOO_LARGE",
                  "Content of more than %d bytes is refused.".formatted(maxBytes))
              .with("max_bytes", maxBytes));
    }
    if (System.nanoTime() - began > LIMIT.toNanos()) {
      return Future.failedFuture(
          Fault.of(Fault.Kind.TIMEOUT, "UPLOAD_TOO_SLOW", "The upload took more than 50 minutes."));
    }
    byte[] bytes = chunk.toByteArray();
    return hash(bytes).compose(_ -> store(bytes, 0));
  }

  private Future<?> hash(byte[] bytes) {
    if (bytes.length <= HASHED_HERE) {
      hasher.update(bytes);
      return Future.succeededFuture();
    }
    return context.executeBlocking(() -> hasher.update(bytes), true);
  }

  /** Fills pieces; a full one is written when there is more to come, so the last is never empty. */
  private Future<?> store(byte[] bytes, int from) {
    if (from == bytes.length) {
      return Future.succeededFuture();
    }
    if (filled == ContentStore.PIECE) {
      return flush().compose(_ -> store(bytes, from));
    }
    int count = Math.min(ContentStore.PIECE - filled, bytes.length - from);
    if (filled + count > piece.length) {
      // Small content, which is most of it, needs no room of a whole piece.
      int room = Math.max(filled + count, 2 * piece.length);
      piece = Arrays.copyOf(piece, Math.min(room, ContentStore.PIECE));
    }
    System.arraycopy(bytes, from, piece, filled, count);
    filled += count;
    return store(bytes, from + count);
  }

  private Future<?> flush() {
    byte[] full = Arrays.copyOf(piece, filled);
    filled = 0;
    Future<?> begun = staged ? Future.succeededFuture() : store.begin(id);
    staged = true;
    return begun.compose(_ -> store.putPiece(id, pieces++, full));
  }

  private Future<?> finish() {
    Hash hash = hasher.finish();
    if (!expectedHash.isEmpty() && !expectedHash.equals(hash.hex())) {
      return Future.failedFuture(
          Fault.invalid("HASH_MISMATCH", "The bytes received do not have the expected hash.")
              .with("expected_hash", expectedHash)
              .with("content_hash", hash.hex()));
    }
    Future<PutContentResponse> stored =
        staged
            ? flush().compose(_ -> store.finish(id, hash, size))
            : store.putSmall(id, hash, Arrays.copyOf(piece, filled));
    return stored.onSuccess(answer -> {
      if (!ended) {
        ended = true;
        out.onNext(answer);
        out.onCompleted();
      }
    });
  }

  private void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      Replies.fail(out, failure);
    }
    abandon();
  }

  /** The caller went away, or the call was closed before it reached us. */
  private void gone() {
    context.runOnContext(_ -> {
      if (!ended) {
        ended = true;
        tail = tail.transform(_ -> abandon());
      }
    });
  }

  private Future<?> abandon() {
    return staged
        ? store
            .abandon(id)
            .onFailure(failure ->
                log.atWarn()
                    .addKeyValue(LogKeys.REASON, failure.getMessage())
                    .log("staged upload stays until it is swept"))
            .otherwiseEmpty()
        : Future.succeededFuture();
  }
}
