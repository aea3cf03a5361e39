// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import dev.omnibridge.reducer.rpc.StateApi;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.stream.Activity;
import dev.omnibridge.reducer.stream.Progress;
import dev.omnibridge.reducer.stream.Reduction;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.stream.LogPositions;
import dev.omnibridge.runtime.stream.Pump;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wires the reducer: the pump that folds, and the answers. It starts whether or not Kafka is there.
 */
public final class ReducerVerticle extends VerticleBase {
  private final ReducerConfig config;
  private final Edge edge;
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
    return deployed.deploy(vertx);
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
