// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.embedding.LexicalEmbedder;
import dev.omnibridge.intelligence.store.TreeStore.Loaded;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.TreeSearch;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * The model's vectors of the nodes of trees that are asked. They are begun with the first question
 * to a tree and kept for a while; until they are all there the tree answers by words.
 */
final class NodeVectors {
  /** Larger trees answer by words alone. */
  private static final int MOST_NODES = 5_000;

  private static final int TREES = 4;
  private static final Duration KEPT = Duration.ofMinutes(30);
  private static final Duration STEP_LIMIT = Duration.ofSeconds(10);

  private final Embedders embedders;
  private final Cache<String, Future<float[][]>> kept =
      Caffeine.newBuilder().maximumSize(TREES).expireAfterAccess(KEPT).build();

  NodeVectors(Embedders embedders) {
    this.embedders = embedders;
  }

  /** All vectors in the order of the nodes; fails when there is no model, or too many nodes. */
  Future<float[][]> of(Loaded loaded) {
    List<Node> nodes = loaded.search().nodes();
    if (!embedders.hasModel() || nodes.size() > MOST_NODES) {
      return Future.failedFuture(new IllegalStateException("This tree is asked by words alone"));
    }
    Future<float[][]> known = kept.getIfPresent(loaded.id());
    if (known != null && !known.failed()) {
      return known;
    }
    Future<float[][]> begun = embedders.model().compose(_ -> all(nodes));
    kept.put(loaded.id(), begun);
    return begun;
  }

  /** One after the other, so that a question to another tree need not wait for all of them. */
  private Future<float[][]> all(List<Node> nodes) {
    float[][] vectors = new float[nodes.size()][];
    return Steps.run(
            nodes.size(), at -> one(nodes.get(at)).onSuccess(vector -> vectors[at] = vector))
        .map(_ -> vectors);
  }

  private Future<float[]> one(Node node) {
    return embedders
        .embed(TreeSearch.description(node), STEP_LIMIT)
        .compose(vector ->
            vector.model().equals(LexicalEmbedder.MODEL)
                ? Future.failedFuture(new IllegalStateException("The model does not answer"))
                : Future.succeededFuture(vector.values()));
  }
}
