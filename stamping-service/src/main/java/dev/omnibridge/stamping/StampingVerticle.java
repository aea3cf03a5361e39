// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.rpc.Stamper;
import dev.omnibridge.stamping.rpc.StampingApi;
import dev.omnibridge.stamping.store.ContentSource;
import dev.omnibridge.stamping.store.Hashing;
import dev.omnibridge.stamping.store.StampStore;
import dev.omnibridge.stamping.store.Stamps;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.security.SecureRandom;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Wires the stamping service and offers it at the edge. */
public final class StampingVerticle extends VerticleBase {
  private final StampingConfig config;
  private final Edge edge;
  private @Nullable WorkerExecutor workers;

  public StampingVerticle(StampingConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    edge.needs(Peer.DB_ADAPTER);
    workers = vertx.createSharedWorkerExecutor("stamping-hashing", config.hashThreads());
    Channel dbAdapter = edge.peer(Peer.DB_ADAPTER);
    var hashing = new Hashing(workers);
    var random = new SecureRandom();
    var store = new StampStore(dbAdapter, config.storeTimeout(), random);
    var stamps = new Stamps(store, Clock.systemUTC(), random);
    var content = new ContentSource(dbAdapter, hashing, config.contentTimeout());
    var stamper = new Stamper(stamps, content, hashing);
    edge.offer(
        new StampingApi(context, stamper, store, config.batchConcurrency(), config.uploadIdle()));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return workers == null ? Future.succeededFuture() : workers.close();
  }
}
