// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.intelligence.IntelligenceConfig;
import dev.omnibridge.intelligence.IntelligenceVerticle;
import dev.omnibridge.orchestrator.OrchestratorConfig;
import dev.omnibridge.orchestrator.OrchestratorVerticle;
import dev.omnibridge.reducer.ReducerConfig;
import dev.omnibridge.reducer.ReducerVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.stamping.StampingConfig;
import dev.omnibridge.stamping.StampingVerticle;
import io.vertx.core.Deployable;
import java.util.List;
import java.util.Map;

/** Makes the five services from one environment. */
record Wiring(Map<String, String> environment) {

  /** The door to the database, which all others go through. */
  DbAdapterVerticle dbAdapter(Edge edge) {
    return new DbAdapterVerticle(DbAdapterConfig.from(env()), edge);
  }

  /** The others, which meet only over the edge. */
  List<Deployable> others(Edge edge) {
    return List.of(
        new StampingVerticle(StampingConfig.from(env()), edge),
        new IntelligenceVerticle(IntelligenceConfig.from(env()), edge),
        new ReducerVerticle(ReducerConfig.from(env()), edge),
        new OrchestratorVerticle(OrchestratorConfig.from(env()), edge));
  }

  private Env env() {
    return Env.of(environment);
  }
}
