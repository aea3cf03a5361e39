// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.dbadapter.store.ContentStore.Located;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import org.jspecify.annotations.Nullable;

/**
 * Streams a content, or a range of it, as fast as the caller takes it: the next piece is read when
 * there is room for it, so a slow caller holds a piece of memory and no thread.
 */
final class Download {
  private final Context context;
  private final ContentStore store;
  private final ServerCallStreamObserver<GetContentResponse> out;
  private final GetContentRequest request;
  private @Nullable Located content;
  private long at;
  private long end;
  private boolean first = true;
  private boolean busy;
  private boolean ended;

  Download(
      Context context,
      ContentStore store,
      ServerCallStreamObserver<GetContentResponse> out,
      GetContentRequest request) {
    this.context = context;
    this.store = store;
    this.out = out;
    this.request = request;
  }

  void begin() {
    out.setOnCancelHandler(() -> context.runOnContext(_ -> ended = true));
    out.setOnReadyHandler(() -> context.runOnContext(_ -> pump()));
    context.runOnContext(
        _ -> store.find(request.getContentHash()).onSuccess(this::found).onFailure(this::fail));
  }

  private void found(Located located) {
    if (request.getOffset() > located.size()) {
      fail(
          Fault.of(
                  Fault.Kind.OUT_OF_RANGE,
                  "OFFSET_BEYOND_END",
                  "The content has %d bytes.".formatted(located.size()))
              .with("size", located.size())
              .with("offset", request.getOffset()));
      return;
    }
    long left = located.size() - request.getOffset();
    content = located;
    at = request.getOffset();
    end = at + (request.getLength() == 0 ? left : Math.min(left, request.getLength()));
    pump();
  }

  private void pump() {
    Located known = content;
    if (known == null || busy || ended || !out.isReady()) {
      return;
    }
    if (at == end && !first) {
      ended = true;
      out.onCompleted();
      return;
    }
    if (at == end) {
      send(known, ByteString.EMPTY);
      return;
    }
    busy = true;
    store.read(known, at, end - at).onSuccess(chunk -> send(known, chunk)).onFailure(this::fail);
  }

  private void send(Located known, ByteString chunk) {
    busy = false;
    if (ended) {
      return;
    }
    var answer = GetContentResponse.newBuilder().setChunk(chunk);
    if (first) {
      answer.setTotalSize(known.size());
      first = false;
    }
    at += chunk.size();
    out.onNext(answer.build());
    pump();
  }

  private void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      Replies.fail(out, failure);
    }
  }
}
