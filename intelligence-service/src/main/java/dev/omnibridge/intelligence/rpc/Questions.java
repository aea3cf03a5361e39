// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarResponse;
import dev.omnibridge.api.intelligence.v1.NavigateTreeRequest;
import dev.omnibridge.api.intelligence.v1.NavigateTreeResponse;
import dev.omnibridge.api.intelligence.v1.QueryTreeRequest;
import dev.omnibridge.api.intelligence.v1.QueryTreeResponse;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/** Lets a bounded number of questions to the index and to trees work and wait. */
public final class Questions {
  private final Turns turns;
  private final Duration limit;
  private final Similarity similarity;
  private final TreeQuestions trees;

  public Questions(Turns turns, Duration limit, Similarity similarity, TreeQuestions trees) {
    this.turns = turns;
    this.limit = limit;
    this.similarity = similarity;
    this.trees = trees;
  }

  Future<FindSimilarResponse> similar(FindSimilarRequest request, CallScope scope) {
    return inTurn(scope, () -> similarity.find(request, scope));
  }

  Future<QueryTreeResponse> query(QueryTreeRequest request, CallScope scope) {
    return inTurn(scope, () -> trees.query(request, scope));
  }

  Future<NavigateTreeResponse> navigate(NavigateTreeRequest request, CallScope scope) {
    return inTurn(scope, () -> trees.navigate(request, scope));
  }

  private <R> Future<R> inTurn(CallScope scope, Supplier<Future<R>> work) {
    return turns.take(scope, scope.within(limit), work);
  }
}
