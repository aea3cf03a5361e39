// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.omnibridge.intelligence.index.ArtifactIndex;
import dev.omnibridge.intelligence.index.Change;
import dev.omnibridge.intelligence.index.Change.Seen;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.metrics.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the index on one thread of its own. What is seen by the way waits in a bounded queue,
 * and is let go when that is full: the index is a help, and never holds an analysis up. Used on one
 * context only.
 */
public final class Indexing {
  private static final Logger log = LoggerFactory.getLogger(Indexing.class);
  private static final int QUEUE = 256;
  private static final int AT_ONCE = 64;
  private static final int REMEMBERED = 10_000;

  /** What comes within this time is written together. */
  private static final long COLLECT_MILLIS = 50;

  private final Context context;
  private final ArtifactIndex index;
  private final WorkerExecutor writer;
  private final Queue<Seen> seen = new ArrayDeque<>();
  private final Cache<String, Boolean> taken =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();
  private boolean writing;
  private final AtomicLong letGo = new AtomicLong();
  private boolean troubled;
  private volatile boolean closed;

  public Indexing(Context context, ArtifactIndex index, WorkerExecutor writer) {
    this.context = context;
    this.index = index;
    this.writer = writer;
  }

  /** Takes changes in and commits them with the positions that they lead to. */
  public Future<?> store(List<Change> changes, Map<String, String> positions) {
    return written(() -> {
      index.apply(changes);
      index.commit(positions);
    });
  }

  /** Takes changes in; a later commit makes them durable. */
  Future<?> apply(List<Change> changes) {
    return written(() -> index.apply(changes));
  }

  /**
   * Behind what was to be written before, makes it durable and closes the index, and then its
   * thread. From now on nothing is taken in.
   */
  public Future<?> close() {
    Future<?> last = written(this::commitAndClose);
    closed = true;
    return last.onFailure(failure ->
            log.atWarn().setCause(failure).log("index of artifacts is not closed as it should"))
        .eventually(writer::close);
  }

  private void commitAndClose() {
    try (index) {
      index.commit(Map.of());
    }
  }

  /**
   * One thread keeps the order. What is ordered by the context besides would never come if that
   * thread, or one of another executor, were gone before its turn: Vert.x has one queue of them
   * all.
   */
  private Future<?> written(Runnable work) {
    return closed
        ? Future.failedFuture(new IllegalStateException("The index is closed."))
        : writer.executeBlocking(Executors.callable(work, true), false);
  }

  /** Takes a content in that somebody had analysed, once, soon, and only if there is room. */
  public void offer(Seen content) {
    String key = content.contentHash() + content.namespace();
    if (taken.getIfPresent(key) != null) {
      return;
    }
    if (closed || seen.size() >= QUEUE) {
      letGo.incrementAndGet();
      return;
    }
    taken.put(key, true);
    seen.add(content);
    if (!writing && seen.size() == 1) {
      long unused = context.owner().setTimer(COLLECT_MILLIS, _ -> drain());
    }
  }

  /** Contents that were let go since the start. */
  public AtomicLong letGo() {
    return letGo;
  }

  /** Tells the numbers of what is written here. */
  public void tell(Metrics metrics) {
    metrics.count(
        "omnibridge_index_let_go_total", "Contents of analyses that were not indexed.", letGo);
  }

  private void drain() {
    if (writing || closed || seen.isEmpty()) {
      return;
    }
    writing = true;
    List<Change> batch = new ArrayList<>();
    while (batch.size() < AT_ONCE && !seen.isEmpty()) {
      batch.add(seen.remove());
    }
    apply(batch)
        .onComplete((_, failure) -> context.runOnContext(_ -> drained(batch.size(), failure)));
  }

  private void drained(int count, @org.jspecify.annotations.Nullable Throwable failure) {
    writing = false;
    if (failure != null) {
      letGo.addAndGet(count);
      if (!troubled) {
        log.atWarn()
            .setCause(failure)
            .addKeyValue(LogKeys.COUNT, count)
            .log("index of artifacts cannot be written");
      }
    }
    troubled = failure != null;
    drain();
  }
}
