// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.dbadapter.store.StampLeaves;
import io.vertx.core.Future;
import java.util.List;

/**
 * Leaves that are too few for a connection of their own, which would take longer than the question.
 * They may be many bytes all the same, so they come in pages.
 */
final class FewLeaves {
  private final StampLeaves leaves;
  private final ReadStampLeavesRequest request;
  private long at;

  FewLeaves(StampLeaves leaves, ReadStampLeavesRequest request) {
    this.leaves = leaves;
    this.request = request;
    this.at = request.getFromIndex();
  }

  Future<Pages.Page<ReadStampLeavesResponse>> next() {
    return at < request.getToIndex()
        ? leaves.some(request.getNamespace(), at, request.getToIndex()).map(this::page)
        : Future.succeededFuture(new Pages.Page<>(List.of(), true));
  }

  private Pages.Page<ReadStampLeavesResponse> page(StampLeaves.Some some) {
    at = some.next();
    var pieces =
        some.pieces().stream()
            .map(piece -> ReadStampLeavesResponse.newBuilder().setLeaves(piece).build())
            .toList();
    return new Pages.Page<>(pieces, at >= request.getToIndex());
  }
}
