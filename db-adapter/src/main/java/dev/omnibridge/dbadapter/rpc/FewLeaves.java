// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.dbadapter.store.StampLeaves;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;

/**
 * Streams leaves that are too few for a connection of their own, which would take longer than the
 * question. They may be many bytes all the same, so the next page is read when there is room for
 * it: a slow caller holds a page of memory. Lives on one context.
 */
final class FewLeaves {
  private final Context context;
  private final StampLeaves leaves;
  private final ServerCallStreamObserver<ReadStampLeavesResponse> out;
  private final ReadStampLeavesRequest request;
  private long at;
  private boolean busy;
  private boolean ended;

  FewLeaves(
      Context context,
      StampLeaves leaves,
      ServerCallStreamObserver<ReadStampLeavesResponse> out,
      ReadStampLeavesRequest request) {
    this.context = context;
    this.leaves = leaves;
    this.out = out;
    this.request = request;
    this.at = request.getFromIndex();
  }

  void begin() {
    out.setOnCancelHandler(() -> context.runOnContext(_ -> ended = true));
    out.setOnReadyHandler(() -> context.runOnContext(_ -> pump()));
    context.runOnContext(_ -> pump());
  }

  private void pump() {
    if (busy || ended || !out.isReady()) {
      return;
    }
    if (at >= request.getToIndex()) {
      ended = true;
      out.onCompleted();
      return;
    }
    busy = true;
    leaves
        .some(request.getNamespace(), at, request.getToIndex())
        .onSuccess(this::send)
        .onFailure(this::fail);
  }

  private void send(StampLeaves.Some some) {
    busy = false;
    if (ended) {
      return;
    }
    for (var piece : some.pieces()) {
      out.onNext(ReadStampLeavesResponse.newBuilder().setLeaves(piece).build());
    }
    at = some.next();
    pump();
  }

  private void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      Replies.fail(out, failure);
    }
  }
}
