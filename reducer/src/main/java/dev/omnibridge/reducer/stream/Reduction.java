// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.api.log.v1.PositionMove;
import dev.omnibridge.reducer.ReducerConfig;
import dev.omnibridge.reducer.fold.BridgePhase;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Intent.Anomaly;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.store.ViewKey;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.BatchHandler;
import dev.omnibridge.runtime.stream.OwnLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a batch into appends: as few as hold it, usually one. Each holds views, transitions, bridge
 * states, intents, dead letters and positions, so that an event is folded exactly once whatever
 * fails. The only writer of this process; another process that writes the same namespace is noticed
 * by the row's version, and the fold is done again on what that one wrote.
 */
public final class Reduction implements BatchHandler {
  private static final Logger log = LoggerFactory.getLogger(Reduction.class);

  private final ReducerConfig config;
  private final Vertx vertx;
  private final StateStore store;
  private final Supplier<OwnLog> ownLog;
  private final Progress progress;
  private final Activity activity;
  private final RandomGenerator random;
  private final Appends appends;
  private final Memory memory;

  /** The own log is the one whose positions the batches come from. */
  public Reduction(
      ReducerConfig config,
      Vertx vertx,
      StateStore store,
      Supplier<OwnLog> ownLog,
      Progress progress,
      Activity activity) {
    this.config = config;
    this.vertx = vertx;
    this.store = store;
    this.ownLog = ownLog;
    this.progress = progress;
    this.activity = activity;
    this.random = RandomGenerator.getDefault();
    this.appends = new Appends(InstantSource.system(), random);
    this.memory = new Memory(config.cachedStreams());
  }

  /** Straight-line code that waits on the pump's virtual thread; a failure is thrown as a fault. */
  @Override
  public Future<?> handle(Batch batch) {
    var work = new Work(batch, ownLog.get());
    try {
      while (!work.isDone()) {
        commitNext(work);
      }
    } catch (RuntimeException failure) {
      memory.forget();
      throw failure;
    } finally {
      activity.settle();
    }
    return Future.succeededFuture();
  }

  private static Set<String> namespaces(Work work) {
    return work.rest().stream()
        .map(Work.Item::incoming)
        .filter(Incoming.Event.class::isInstance)
        .map(incoming -> ((Incoming.Event) incoming).heard().stream().namespace())
        .collect(Collectors.toSet());
  }

  private void commitNext(Work work) {
    for (int attempt = 1; ; attempt++) {
      try {
        commit(work);
        return;
      } catch (Fault conflict) {
        if (conflict.kind() != Kind.CONFLICT || conflict.is("POSITION_MOVED")) {
          throw conflict;
        }
        memory.forget();
        if (attempt > config.conflictRetries()) {
          giveUp(work, attempt, conflict);
          throw conflict;
        }
        vertx.timer(jitterMillis(), TimeUnit.MILLISECONDS).await();
      }
    }
  }

  private long jitterMillis() {
    long least = Math.max(1, config.leastJitter().toMillis());
    return random.nextLong(least, Math.max(least, config.mostJitter().toMillis()) + 1);
  }

  private void commit(Work work) {
    activity.settle();
    activity.move(namespaces(work), BridgePhase.ACTIVE);
    var known = Known.of(work.rest(), memory, store, config.windows());
    var draft = new Draft(known);
    activity.move(known.bridges().keySet(), BridgePhase.AGGREGATING);
    int count = new Folding(store, draft).fold(work.rest());
    Map<String, BridgeState> bridges = draft.bridges();
    Collection<PositionMove> moves = work.moves(count);
    activity.move(bridges.keySet(), BridgePhase.PERSISTING);
    store.append(appends.commit(draft, bridges, moves)).await();
    work.committed(moves, count);
    committed(draft, bridges);
  }

  private void committed(Draft draft, Map<String, BridgeState> bridges) {
    var views = new HashMap<ViewKey, StreamView>();
    draft.views().forEach((stream, view) -> views.put(ViewKey.of(stream), view));
    memory.committed(views, bridges);
    progress.committed(views.keySet());
    if (!draft.deadLetters().isEmpty()) {
      log.atWarn()
          .addKeyValue(LogKeys.COUNT, draft.deadLetters().size())
          .log("records that cannot be folded are dead letters now");
    }
    if (!draft.anomalies().isEmpty()) {
      tell(draft.anomalies().size(), draft.anomalies().getFirst());
    }
  }

  /** One line for a commit, whatever happened; the bridge state counts them all. */
  private static void tell(int count, Anomaly anomaly) {
    log.atWarn()
        .addKeyValue(LogKeys.COUNT, count)
        .addKeyValue(LogKeys.STREAM, anomaly.stream().id())
        .addKeyValue(LogKeys.NAMESPACE, anomaly.stream().namespace())
        .addKeyValue(LogKeys.VERSION, anomaly.version())
        .addKeyValue(LogKeys.REASON, anomaly.reason())
        .log("events do not fit their streams; this is the first");
  }

  /** Never silent: if not even this can be appended, the log says so. */
  private void giveUp(Work work, int attempts, Fault last) {
    String namespace =
        last.facts()
            .getOrDefault("namespace", namespaces(work).stream().findFirst().orElse("default"));
    log.atError()
        .addKeyValue(LogKeys.NAMESPACE, namespace)
        .addKeyValue(LogKeys.REASON, last.reason())
        .addKeyValue(LogKeys.COUNT, attempts)
        .log("reducer gave up on a batch; it starts again from the stored position");
    try {
      store.append(appends.gaveUp(namespace, attempts, last, work.first())).await();
    } catch (Fault unheard) {
      log.atError()
          .addKeyValue(LogKeys.REASON, unheard.reason())
          .log("the reducer's giving up could not be published");
    }
  }
}
