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

/**
 * Lets a bounded number of questions to the index and to trees work and wait. Each kind has turns
 * of its own: a tree is read while its question has one, and trees are read one after the other,
 * for seconds each; what takes memory and threads is bounded by the workers, which they share.
 */
public final class Questions {
  private final Turns forSimilar;
  private final Turns forTrees;
  private final Duration limit;
  private final Similarity similarity;
  private final TreeQuestions trees;

  public Questions(
      Supplier<Turns> turns, Duration limit, Similarity similarity, TreeQuestions trees) {
    this.forSimilar = turns.get();
    this.forTrees = turns.get();
    this.limit = limit;
    this.similarity = similarity;
    this.trees = trees;
  }

  Future<FindSimilarResponse> similar(FindSimilarRequest request, CallScope scope) {
    return inTurn(forSimilar, scope, () -> similarity.find(request, scope));
  }

  Future<QueryTreeResponse> query(QueryTreeRequest request, CallScope scope) {
    return inTurn(forTrees, scope, () -> trees.query(request, scope));
  }

  Future<NavigateTreeResponse> navigate(NavigateTreeRequest request, CallScope scope) {
    return inTurn(forTrees, scope, () -> trees.navigate(request, scope));
  }

  private <R> Future<R> inTurn(Turns turns, CallScope scope, Supplier<Future<R>> work) {
    return turns.take(scope, scope.within(limit), work);
  }
}
