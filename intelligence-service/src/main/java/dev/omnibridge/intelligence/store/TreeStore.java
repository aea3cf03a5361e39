// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.tree.ProjectTree;
import dev.omnibridge.intelligence.tree.TreeSearch;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Trees in the content store, under the hash of their JSON: what one instance has built, any other
 * can answer from. Some that were asked lately are kept in memory.
 */
public final class TreeStore {
  /** Largest document of a tree. */
  public static final int MOST_BYTES = 32 << 20;

  private static final Duration KEPT = Duration.ofSeconds(300);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A tree in memory takes a few times what its document takes. */
  private static final long MOST_KEPT_BYTES = 16L << 20;

  private final ContentSource source;
  private final ContentSink sink;
  private final WorkerExecutor workers;
  private final Clock clock;
  private final Cache<String, Loaded> kept =
      Caffeine.newBuilder()
          .expireAfterAccess(KEPT)
          .maximumWeight(MOST_KEPT_BYTES)
          .<String, Loaded>weigher((_, loaded) -> loaded.bytes())
          .build();

  public TreeStore(Channel dbAdapter, WorkerExecutor workers, Clock clock) {
    this.source = new ContentSource(dbAdapter, MOST_BYTES);
    this.sink = new ContentSink(dbAdapter);
    this.workers = workers;
    this.clock = clock;
  }

  /** A tree with what answers questions to it. */
  public record Loaded(String id, ProjectTree tree, TreeSearch search, int bytes) {}

  /** Stores a tree and gives its id. INVALID (TREE_TOO_LARGE) above the limit. */
  public Future<String> save(ProjectTree tree, CallScope scope) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return workers
        .executeBlocking(() -> TreeJson.write(tree, now), false)
        .compose(bytes ->
            bytes.length > MOST_BYTES
                ? Future.failedFuture(tooLarge())
                : sink.put(bytes, scope.within(LIMIT)));
  }

  private static Fault tooLarge() {
    return Fault.invalid(
        "TREE_TOO_LARGE", "The tree's document would have more than 32 MiB; analyse a part of it.");
  }

  /** The tree of an id. NOT_FOUND (TREE_NOT_FOUND) when there is no such content, or no tree. */
  public Future<Loaded> load(String id, CallScope scope) {
    Loaded known = kept.getIfPresent(id);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return source
        .read(id, null, scope, scope.within(LIMIT))
        .recover(failure ->
            Future.failedFuture(
                Statuses.faultOf(failure).kind() == Kind.NOT_FOUND ? notFound(id) : failure))
        .compose(sample -> workers.executeBlocking(() -> read(id, sample), false))
        .onSuccess(loaded -> kept.put(id, loaded));
  }

  private static Loaded read(String id, Sample sample) {
    try {
      ProjectTree tree = TreeJson.read(sample.bytes());
      return new Loaded(id, tree, new TreeSearch(tree), sample.bytes().length);
    } catch (IOException noTree) {
      throw notFound(id);
    }
  }

  private static Fault notFound(String id) {
    return Fault.notFound("TREE_NOT_FOUND", "No tree is stored under " + id + ".")
        .with("tree_id", id);
  }
}
