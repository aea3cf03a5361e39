// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.tree.ProjectTree;
import dev.omnibridge.intelligence.tree.Statistics;
import dev.omnibridge.intelligence.tree.TreeSearch;
import dev.omnibridge.intelligence.tree.TreeTooLarge;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Trees in the content store, under the hash of their JSON: what one instance has built, any other
 * can answer from. Some that were asked lately are kept in memory. A large tree takes much of that,
 * so trees are made and read one after the other, and one that several ask for is read once. Used
 * on one context only.
 */
public final class TreeStore {
  /** Largest document of a tree. */
  public static final int MOST_BYTES = 32 << 20;

  private static final Duration KEPT = Duration.ofSeconds(300);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** One of the largest, or many others. */
  private static final long MOST_KEPT_BYTES = ProjectTree.MOST_BYTES;

  private final ContentSource source;
  private final ContentSink sink;
  private final WorkerExecutor workers;
  private final Clock clock;
  private final OneByOne oneByOne = new OneByOne();
  private final Map<String, Reading> underWay = new HashMap<>();
  private final Cache<String, Loaded> kept =
      Caffeine.newBuilder()
          .expireAfterAccess(KEPT)
          .maximumWeight(MOST_KEPT_BYTES)
          .<String, Loaded>weigher((_, loaded) -> loaded.weight())
          .executor(Runnable::run)
          .build();

  public TreeStore(Channel dbAdapter, WorkerExecutor workers, Clock clock) {
    this.source = new ContentSource(dbAdapter, MOST_BYTES);
    this.sink = new ContentSink(dbAdapter);
    this.workers = workers;
    this.clock = clock;
  }

  /** A tree with what answers questions to it. */
  public record Loaded(String id, ProjectTree tree, TreeSearch search, int documentBytes) {
    /** Not less than its document, whatever is not counted in memory. */
    int weight() {
      return Math.toIntExact(Math.max(search.bytes(), documentBytes));
    }
  }

  /** A tree that is read or is to be, and how many wait for it. */
  private static final class Reading {
    private final Promise<Loaded> result = Promise.promise();
    private int waiting;
  }

  /** What is stored, and its figures. */
  public record Saved(String id, Statistics statistics) {}

  private record Written(byte[] document, Statistics statistics) {}

  /**
   * Makes a tree and stores it, unless nobody waits for it any more. INVALID (TREE_TOO_LARGE) above
   * the limits: what is stored can be asked.
   */
  public Future<Saved> save(Supplier<ProjectTree> make, CallScope scope) {
    return oneByOne.run(() ->
        workers
            .executeBlocking(() -> write(make, scope), false)
            .compose(written ->
                sink.put(written.document(), scope.within(LIMIT))
                    .map(id -> new Saved(id, written.statistics()))));
  }

  private Written write(Supplier<ProjectTree> make, CallScope scope) {
    if (scope.cancelled()) {
      throw gone();
    }
    try {
      ProjectTree tree = make.get();
      checkThatItCanBeAsked(tree);
      var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      return new Written(TreeJson.write(tree, now), tree.statistics());
    } catch (TreeTooLarge limit) {
      throw tooLarge(limit);
    }
  }

  private static Fault gone() {
    return Fault.of(Kind.CANCELLED, "CALL_CANCELLED", "The caller no longer waits for the answer.");
  }

  private static void checkThatItCanBeAsked(ProjectTree tree) {
    var unused = new TreeSearch(tree);
  }

  private static Fault tooLarge(TreeTooLarge limit) {
    return Fault.invalid(
        "TREE_TOO_LARGE",
        "A tree has at most %s; analyse a part of it.".formatted(limit.getMessage()));
  }

  /**
   * The tree of an id. NOT_FOUND (TREE_NOT_FOUND) when there is no such content, or no tree;
   * INVALID (TREE_TOO_LARGE) when it cannot be held.
   */
  public Future<Loaded> load(String id, CallScope scope) {
    Loaded known = kept.getIfPresent(id);
    return known != null ? Future.succeededFuture(known) : await(id, scope);
  }

  /** Until it is read, the time is over or the caller has gone. */
  private Future<Loaded> await(String id, CallScope scope) {
    Promise<Loaded> mine = Promise.promise();
    var context = Objects.requireNonNull(Vertx.currentContext());
    Runnable forget = scope.onCancelled(() -> context.runOnContext(_ -> mine.tryFail(gone())));
    Reading reading = join(id);
    reading.result.future().onComplete(mine::tryComplete, mine::tryFail);
    return Timeouts.within(scope.within(LIMIT), mine.future())
        .onComplete(_ -> {
          reading.waiting--;
          forget.run();
        })
        .recover(TreeStore::told);
  }

  private static Future<Loaded> told(Throwable failure) {
    return Future.failedFuture(
        failure instanceof TimeoutException
            ? Fault.of(Kind.TIMEOUT, "CONTENT_STORE_TIMEOUT", "The tree could not be read in time.")
            : failure);
  }

  private Reading join(String id) {
    Reading begun = underWay.get(id);
    if (begun != null) {
      begun.waiting++;
      return begun;
    }
    var reading = new Reading();
    reading.waiting = 1;
    underWay.put(id, reading);
    oneByOne
        .run(() -> fetch(id, reading))
        .onSuccess(loaded -> kept.put(id, loaded))
        .onComplete(_ -> underWay.remove(id, reading))
        .onComplete(reading.result);
    return reading;
  }

  /**
   * For all who ask by now and later: the one who was first may go. When all have gone before its
   * turn it is not read; who asks after that has a turn of its own.
   */
  private Future<Loaded> fetch(String id, Reading reading) {
    if (reading.waiting == 0) {
      underWay.remove(id, reading);
      return later(gone());
    }
    CallScope nobodys = scopeOfNobody();
    return source
        .read(id, null, nobodys, LIMIT)
        .recover(failure ->
            Future.failedFuture(
                Statuses.faultOf(failure).kind() == Kind.NOT_FOUND ? notFound(id) : failure))
        .compose(sample -> workers.executeBlocking(() -> read(id, sample), false));
  }

  /** Not at once: many of them one after the other would be as deep on the stack. */
  private static <T> Future<T> later(Fault fault) {
    Promise<T> failing = Promise.promise();
    Objects.requireNonNull(Vertx.currentContext()).runOnContext(_ -> failing.fail(fault));
    return failing.future();
  }

  private static CallScope scopeOfNobody() {
    Context before = Context.ROOT.attach();
    try {
      return CallScope.current();
    } finally {
      Context.ROOT.detach(before);
    }
  }

  private static Loaded read(String id, Sample sample) {
    try {
      ProjectTree tree = TreeJson.read(sample.bytes());
      return new Loaded(id, tree, new TreeSearch(tree), sample.bytes().length);
    } catch (IOException noTree) {
      throw notFound(id);
    } catch (TreeTooLarge limit) {
      throw tooLarge(limit).with("tree_id", id);
    }
  }

  private static Fault notFound(String id) {
    return Fault.notFound("TREE_NOT_FOUND", "No tree is stored under " + id + ".")
        .with("tree_id", id);
  }
}
