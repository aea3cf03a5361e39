// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.store.TreeStore.Loaded;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.TreeSearch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model's vectors of the nodes of trees that are asked. They are begun with the first question
 * to a tree and kept for a while; until they are all there the tree answers by words. Those of one
 * tree are made after those of another, and only the tree that was asked last waits for that. Used
 * on one context only.
 */
final class NodeVectors {
  static final Duration KEPT = Duration.ofMinutes(30);

  /** Larger trees answer by words alone. */
  private static final int MOST_NODES = 5_000;

  private static final int TREES = 4;
  private static final Duration STEP_LIMIT = Duration.ofSeconds(10);

  private final Embedders embedders;
  private final Cache<String, Future<float[][]>> kept;
  private @Nullable Pass running;
  private @Nullable Pass waiting;

  NodeVectors(Embedders embedders, Ticker ticker) {
    this.embedders = embedders;
    this.kept =
        Caffeine.newBuilder()
            .maximumSize(TREES)
            .expireAfterAccess(KEPT)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** The vectors of one tree, which are made or are to be. */
  private record Pass(String id, List<Node> nodes, Promise<float[][]> vectors) {}

  /** All vectors in the order of the nodes; fails when there is no model, or too many nodes. */
  Future<float[][]> of(Loaded loaded) {
    List<Node> nodes = loaded.search().nodes();
    if (!embedders.hasModel() || nodes.size() > MOST_NODES) {
      return failed("This tree is asked by words alone");
    }
    Future<float[][]> known = kept.getIfPresent(loaded.id());
    if (known != null && !known.failed()) {
      return known;
    }
    var pass = new Pass(loaded.id(), nodes, Promise.promise());
    kept.put(pass.id(), pass.vectors().future());
    begin(pass);
    return pass.vectors().future();
  }

  /** Whose place is taken begins again with the next question to it. */
  private void begin(Pass pass) {
    Pass before = waiting;
    waiting = pass;
    if (before != null) {
      kept.asMap().remove(before.id(), before.vectors().future());
      before.vectors().fail("Another tree was asked since");
    }
    if (running == null) {
      next();
    }
  }

  private void next() {
    Pass pass = waiting;
    running = pass;
    waiting = null;
    if (pass != null) {
      embedders.model().compose(_ -> all(pass)).onComplete(pass.vectors()).onComplete(_ -> next());
    }
  }

  /** One after the other, so that a question to another tree need not wait for all of them. */
  private Future<float[][]> all(Pass pass) {
    List<Node> nodes = pass.nodes();
    float[][] vectors = new float[nodes.size()][];
    return Steps.run(
            nodes.size(),
            at ->
                isKept(pass)
                    ? one(nodes.get(at)).onSuccess(vector -> vectors[at] = vector)
                    : failed("Nobody asks this tree any more"))
        .map(_ -> vectors);
  }

  /** Looking must not be taken for a question. */
  private boolean isKept(Pass pass) {
    return kept.policy().getIfPresentQuietly(pass.id()) == pass.vectors().future();
  }

  private Future<float[]> one(Node node) {
    return embedders
        .embed(TreeSearch.description(node), STEP_LIMIT)
        .compose(vector ->
            vector == null
                ? failed("The model does not answer")
                : Future.succeededFuture(vector.values()));
  }

  private static <T> Future<T> failed(String why) {
    return Future.failedFuture(new IllegalStateException(why));
  }
}
