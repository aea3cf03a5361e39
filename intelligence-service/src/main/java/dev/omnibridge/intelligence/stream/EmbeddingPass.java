// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import dev.omnibridge.intelligence.embedding.Embedder;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.index.Change;
import dev.omnibridge.intelligence.index.Change.Embedded;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the model's vectors of what is in the index without one: begins when the model is first
 * needed, works at most half of the time, and looks again every few seconds. Until an artifact has
 * its vector it is compared by its words. Used on one context only.
 */
public final class EmbeddingPass {
  private static final Logger log = LoggerFactory.getLogger(EmbeddingPass.class);
  private static final int AT_ONCE = 8;
  private static final long IDLE_MILLIS = 2_000;
  private static final long LEAST_PAUSE_MILLIS = 5;
  private static final Duration READ_LIMIT = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final Embedders embedders;
  private final Searches searches;
  private final ContentSource contents;
  private final Indexing indexing;
  private final WorkerExecutor workers;
  private boolean begun;
  private boolean stopped;
  private boolean troubled;

  public EmbeddingPass(
      Vertx vertx,
      Embedders embedders,
      Searches searches,
      ContentSource contents,
      Indexing indexing,
      WorkerExecutor workers) {
    this.vertx = vertx;
    this.embedders = embedders;
    this.searches = searches;
    this.contents = contents;
    this.indexing = indexing;
    this.workers = workers;
  }

  /** Begins once; without a model there is nothing to do. */
  public void begin() {
    if (!begun && !stopped && embedders.hasModel()) {
      begun = true;
      embedders.model().onSuccess(this::withModel);
    }
  }

  /** Begins nothing any more; what is under way ends. */
  public void stop() {
    stopped = true;
  }

  private void withModel(@Nullable Embedder model) {
    if (model != null) {
      round();
    }
  }

  private void round() {
    if (stopped) {
      return;
    }
    long began = System.nanoTime();
    workers
        .executeBlocking(() -> List.copyOf(searches.waiting(AT_ONCE)), false)
        .compose(hashes -> embedAll(hashes, 0, new ArrayList<>()))
        .onComplete((done, failure) -> {
          note(failure);
          boolean idle = failure != null || done == null || done.isEmpty();
          long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          long pause = idle ? IDLE_MILLIS : Math.max(LEAST_PAUSE_MILLIS, spent);
          if (!stopped) {
            vertx.setTimer(pause, _ -> round());
          }
        });
  }

  private void note(@Nullable Throwable failure) {
    if (failure != null && !troubled && !stopped) {
      log.atWarn()
          .addKeyValue("why", failure.getMessage())
          .log("vectors of artifacts cannot be made for now");
    }
    troubled = failure != null;
  }

  private Future<List<Change>> embedAll(List<String> hashes, int at, List<Change> changes) {
    if (at == hashes.size()) {
      return changes.isEmpty()
          ? Future.succeededFuture(changes)
          : indexing.apply(changes).map(changes);
    }
    return embed(hashes.get(at))
        .compose(change -> {
          changes.add(change);
          return embedAll(hashes, at + 1, changes);
        });
  }

  private Future<Change> embed(String hash) {
    return contents
        .read(hash, null, CallScope.current(), READ_LIMIT)
        .compose(sample -> {
          String text = sample.text();
          return text == null
              ? Future.succeededFuture(impossible(hash))
              : embedders.embed(text, READ_LIMIT).compose(vector -> made(hash, vector));
        })
        .recover(failure ->
            Statuses.faultOf(failure).kind() == Kind.NOT_FOUND
                ? Future.succeededFuture(impossible(hash))
                : Future.failedFuture(failure));
  }

  private static Future<Change> made(String hash, Embedders.@Nullable Vector vector) {
    return vector == null
        ? Future.failedFuture(new IllegalStateException("The model did not answer in time"))
        : Future.succeededFuture(new Embedded(hash, vector.values()));
  }

  private static Change impossible(String hash) {
    return new Embedded(hash, null);
  }
}
