// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import dev.omnibridge.intelligence.analysis.Analyzer;
import dev.omnibridge.intelligence.rpc.Analyses;
import dev.omnibridge.intelligence.rpc.IntelligenceApi;
import dev.omnibridge.intelligence.rpc.Turns;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import org.jspecify.annotations.Nullable;

/** Wires the intelligence service into an edge. */
public final class IntelligenceVerticle extends VerticleBase {
  private final IntelligenceConfig config;
  private final Edge edge;
  private @Nullable WorkerExecutor workers;

  public IntelligenceVerticle(IntelligenceConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    workers = vertx.createSharedWorkerExecutor("intelligence-analysis", config.workers());
    var contents = new ContentSource(edge.peer(Peer.DB_ADAPTER), config.maxBytes());
    var turns = new Turns(context, config.workers(), config.queue());
    var analyses = new Analyses(new Analyzer(), workers);
    edge.offer(new IntelligenceApi(context, config, contents, turns, analyses));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return workers == null ? Future.succeededFuture() : workers.close();
  }
}
