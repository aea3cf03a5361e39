// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.omnibridge.api.intelligence.v1.NavigateTreeRequest;
import dev.omnibridge.api.intelligence.v1.NavigateTreeResponse;
import dev.omnibridge.api.intelligence.v1.QueryTreeRequest;
import dev.omnibridge.api.intelligence.v1.QueryTreeResponse;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import dev.omnibridge.intelligence.store.TreeStore;
import dev.omnibridge.intelligence.store.TreeStore.Loaded;
import dev.omnibridge.intelligence.tree.TreeQuery;
import dev.omnibridge.intelligence.tree.TreeWalk;
import dev.omnibridge.intelligence.tree.TreeWalk.Direction;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Answers QueryTree and NavigateTree from stored trees, which any instance can. */
public final class TreeQuestions {
  private static final int DEFAULT_DEPTH = 3;
  private static final int DEFAULT_LIMIT = 10;
  private static final int DEFAULT_NODES = 100;
  private static final Duration VECTOR_PATIENCE = Duration.ofSeconds(2);

  private final TreeStore trees;
  private final Embedders embedders;
  private final NodeVectors vectors;
  private final Work work;

  public TreeQuestions(TreeStore trees, Embedders embedders, Work work) {
    this.trees = trees;
    this.embedders = embedders;
    this.vectors = new NodeVectors(embedders, Ticker.systemTicker());
    this.work = work;
  }

  private record Meaning(float[] question, float[][] nodes) {}

  Future<QueryTreeResponse> query(QueryTreeRequest request, CallScope scope) {
    return trees
        .load(request.getTreeId(), scope)
        .compose(loaded ->
            meaning(request.getQuery(), loaded, scope)
                .compose(meaning -> work.run(() -> answer(request, loaded, meaning), scope)));
  }

  /** Null while the model or its vectors are not there: then words decide alone, and it is said. */
  private Future<@Nullable Meaning> meaning(String question, Loaded loaded, CallScope scope) {
    Future<@Nullable Meaning> found =
        vectors
            .of(loaded)
            .compose(nodes ->
                embedders
                    .embed(question, VECTOR_PATIENCE)
                    .map(vector -> vector == null ? null : new Meaning(vector.values(), nodes)));
    return Timeouts.within(scope.within(VECTOR_PATIENCE).dividedBy(2), found).otherwiseEmpty();
  }

  private QueryTreeResponse answer(
      QueryTreeRequest request, Loaded loaded, @Nullable Meaning meaning) {
    var filters = request.getFilters();
    var query =
        new TreeQuery(
            request.getQuery(),
            request.getMaxDepth() == 0 ? DEFAULT_DEPTH : request.getMaxDepth(),
            request.getLimit() == 0 ? DEFAULT_LIMIT : request.getLimit(),
            filters.getExtension(),
            filters.getType(),
            filters.getPurpose(),
            filters.getDirectory().equals(".") ? "" : filters.getDirectory());
    var answer =
        loaded
            .search()
            .answer(
                query,
                meaning == null ? null : meaning.question(),
                meaning == null ? null : meaning.nodes());
    var message =
        QueryTreeResponse.newBuilder()
            .setModel(meaning == null ? LexicalVector.MODEL : embedders.modelName())
            .setNodesSearched(answer.searched());
    answer.nodes().forEach(ranked -> message.addNodes(TreeMessages.of(ranked)));
    return message.build();
  }

  Future<NavigateTreeResponse> navigate(NavigateTreeRequest request, CallScope scope) {
    return trees
        .load(request.getTreeId(), scope)
        .compose(loaded -> work.run(() -> walk(request, loaded), scope));
  }

  private static NavigateTreeResponse walk(NavigateTreeRequest request, Loaded loaded) {
    Direction direction =
        switch (request.getDirection()) {
          case DIRECTION_UP -> Direction.UP;
          case DIRECTION_DOWN -> Direction.DOWN;
          case DIRECTION_UNSPECIFIED, DIRECTION_BOTH, UNRECOGNIZED -> Direction.BOTH;
        };
    int most = request.getMaxNodes() == 0 ? DEFAULT_NODES : request.getMaxNodes();
    var walk = TreeWalk.from(loaded.tree(), request.getStartNode(), direction, most);
    if (walk == null) {
      throw Fault.notFound(
              "TREE_NODE_NOT_FOUND", "The tree has no node " + request.getStartNode() + ".")
          .with("start_node", request.getStartNode());
    }
    var answer = NavigateTreeResponse.newBuilder().setTruncated(walk.truncated());
    walk.visits().forEach(visit -> answer.addNodes(TreeMessages.of(visit)));
    return answer.build();
  }
}
