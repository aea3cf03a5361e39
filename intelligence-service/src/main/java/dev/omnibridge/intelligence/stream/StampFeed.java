// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.index.Change;
import dev.omnibridge.intelligence.index.Change.Stamped;
import dev.omnibridge.intelligence.index.Features;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.BatchHandler;
import dev.omnibridge.runtime.stream.OwnLog;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows the stamps on Kafka: every stamp becomes an entry of the index, with the features of its
 * content where the content store has it. The positions are kept in the index itself and committed
 * with it, so each instance follows all partitions on its own, and an index that is lost is made
 * anew from the beginning. A content store that is away is waited for.
 */
public final class StampFeed implements BatchHandler {
  /** Name of the consumer. */
  public static final String CONSUMER = "intelligence-index";

  private static final Duration READ_LIMIT = Duration.ofSeconds(10);

  private final ContentSource contents;
  private final Indexing indexing;
  private final Searches searches;
  private final WorkerExecutor workers;
  private final Supplier<OwnLog> ownLog;
  private final AtomicLong round = new AtomicLong();

  public StampFeed(
      ContentSource contents,
      Indexing indexing,
      Searches searches,
      WorkerExecutor workers,
      Supplier<OwnLog> ownLog) {
    this.contents = contents;
    this.indexing = indexing;
    this.searches = searches;
    this.workers = workers;
    this.ownLog = ownLog;
  }

  /** The stamps of a batch, and of those the contents whose text the index has. */
  private record Given(long round, List<Stamped> stamps, Set<String> known) {}

  @Override
  public Future<?> handle(Batch batch) {
    long now = round.get();
    List<Stamped> stamps = stamps(batch);
    Map<String, String> positions = new HashMap<>();
    for (Slice slice : batch.slices()) {
      positions.put(FeedPositions.key(slice.partition()), Long.toString(slice.nextOffset()));
    }
    List<String> hashes = stamps.stream().map(Stamped::contentHash).distinct().toList();
    return workers
        .executeBlocking(() -> searches.withText(hashes), false)
        .compose(known -> complete(new Given(now, stamps, known), 0, new ArrayList<>()))
        .compose(changes -> stillWanted(now).compose(_ -> indexing.store(changes, positions)));
  }

  private List<Stamped> stamps(Batch batch) {
    OwnLog own = ownLog.get();
    List<Stamped> stamps = new ArrayList<>();
    for (Slice slice : batch.slices()) {
      for (var record : slice.records()) {
        Stamped stamp = StampRecord.read(record, own);
        if (stamp != null) {
          stamps.add(stamp);
        }
      }
    }
    return stamps;
  }

  /** A batch that took too long comes again, and what was stored meanwhile must not be undone. */
  @Override
  public void startOver() {
    round.incrementAndGet();
  }

  private Future<Void> stillWanted(long begun) {
    return begun == round.get()
        ? Future.succeededFuture()
        : Future.failedFuture(new IllegalStateException("The batch was given up"));
  }

  /** One content after the other, so that the store is not pressed by an index that catches up. */
  private Future<List<Change>> complete(Given given, int at, List<Change> changes) {
    if (at == given.stamps().size()) {
      return Future.succeededFuture(changes);
    }
    Stamped stamp = given.stamps().get(at);
    return stillWanted(given.round())
        .compose(_ -> featuresUnlessKnown(stamp.contentHash(), given.known()))
        .compose(found -> {
          changes.add(
              new Stamped(
                  stamp.namespace(), stamp.contentHash(), stamp.fileHash(), stamp.path(), found));
          return complete(given, at + 1, changes);
        });
  }

  private Future<@Nullable Features> featuresUnlessKnown(String hash, Set<String> known) {
    return known.contains(hash) ? Future.succeededFuture() : features(hash);
  }

  private Future<@Nullable Features> features(String hash) {
    return contents
        .read(hash, null, CallScope.current(), READ_LIMIT)
        .compose(sample -> workers.executeBlocking(() -> featuresOf(sample), false))
        .recover(failure ->
            Statuses.faultOf(failure).kind() == Kind.NOT_FOUND
                ? Future.succeededFuture()
                : Future.failedFuture(failure));
  }

  private static @Nullable Features featuresOf(Sample sample) {
    String text = sample.text();
    return text == null ? null : Features.of(text);
  }
}
