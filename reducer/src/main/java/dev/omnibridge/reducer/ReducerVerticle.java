// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import dev.omnibridge.reducer.rpc.StateApi;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.stream.Activity;
import dev.omnibridge.reducer.stream.Progress;
import dev.omnibridge.reducer.stream.Reduction;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.metrics.Metrics.Watched;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.stream.LogPositions;
import dev.omnibridge.runtime.stream.Pump;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wires the reducer: the pump that folds, and the answers. It starts whether or not Kafka is there.
 */
public final class ReducerVerticle extends VerticleBase {
  private static final String PROJECTION = "projection";
  private static final long LOOK_MILLIS = 1_000;

  private final ReducerConfig config;
  private final Edge edge;
  private final Deque<Watched> measured = new ArrayDeque<>();
  private long timer = -1;
  private volatile @Nullable Pump pump;

  public ReducerVerticle(ReducerConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    edge.needs(Peer.DB_ADAPTER);
    Channel log = edge.peer(Peer.DB_ADAPTER);
    var store = new StateStore(log, config.windows());
    var progress = new Progress();
    var activity = new Activity();
    var positions = new LogPositions(log);
    var reduction = new Reduction(config, vertx, store, positions::log, progress, activity);
    edge.offer(new StateApi(context, store, progress, activity, config.maxWait()));
    var catalogue = Catalogue.load();
    var topics =
        List.of(
            catalogue.topic(config.environment(), "workflow"),
            catalogue.topic(config.environment(), "stamp"));
    var deployed = new Pump(config.pump(topics), positions, reduction);
    pump = deployed;
    watch(deployed);
    return deployed.deploy(vertx);
  }

  /** Only degrades: what the projection does not have is answered from the log. */
  private void watch(Pump deployed) {
    measured.add(
        edge.metrics()
            .gauge("omnibridge_reducer_lag", "Records on Kafka, not folded yet.", deployed::lag));
    measured.add(
        edge.metrics()
            .gauge(
                "omnibridge_reducer_stuck",
                "1 while batches of the reducer fail.",
                () -> deployed.healthy() ? 0 : 1));
    timer = vertx.setPeriodic(1, LOOK_MILLIS, _ -> edge.trouble(PROJECTION, trouble(deployed)));
  }

  private static @Nullable String trouble(Pump deployed) {
    if (!deployed.connected()) {
      return "there is no connection to Kafka";
    }
    return deployed.healthy() ? null : "batches fail, and come again";
  }

  /** The pump, as a child of this deployment, is stopped before. */
  @Override
  public Future<?> stop() {
    boolean unused = vertx.cancelTimer(timer);
    measured.forEach(Watched::close);
    edge.trouble(PROJECTION, null);
    return Future.succeededFuture();
  }

  /** True while Kafka answers and has the topics. */
  public boolean connected() {
    Pump deployed = pump;
    return deployed != null && deployed.connected();
  }

  /** Records known to be on Kafka and not folded yet. */
  public long lag() {
    Pump deployed = pump;
    return deployed == null ? 0 : deployed.lag();
  }
}
