// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.content.v1.ContentServiceGrpc.ContentServiceImplBase;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.api.content.v1.StatContentResponse;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import java.util.UUID;
import java.util.function.Supplier;

/** The content store over gRPC. */
public final class ContentApi extends ContentServiceImplBase {
  private final Context context;
  private final ContentStore store;
  private final long maxBytes;
  private final Supplier<UUID> ids;

  /** Content of more than maxBytes is refused. */
  public ContentApi(Context context, ContentStore store, long maxBytes, Supplier<UUID> ids) {
    this.context = context;
    this.store = store;
    this.maxBytes = maxBytes;
    this.ids = ids;
  }

  @Override
  public StreamObserver<PutContentRequest> putContent(StreamObserver<PutContentResponse> out) {
    var call = (ServerCallStreamObserver<PutContentResponse>) out;
    return new Upload(context, store, call, maxBytes, ids.get()).begin();
  }

  @Override
  public void getContent(GetContentRequest request, StreamObserver<GetContentResponse> out) {
    var call = (ServerCallStreamObserver<GetContentResponse>) out;
    new Download(context, store, call, request).begin();
  }

  @Override
  public void statContent(StatContentRequest request, StreamObserver<StatContentResponse> out) {
    Replies.unary(context, out, _ -> store.stat(request.getContentHashesList()));
  }
}
