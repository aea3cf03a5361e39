// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.rpc.NodeApi;
import dev.omnibridge.orchestrator.rpc.Owners;
import dev.omnibridge.orchestrator.rpc.WorkflowApi;
import dev.omnibridge.orchestrator.run.Workflows;
import dev.omnibridge.orchestrator.run.World;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.orchestrator.task.SuiteTasks;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Wires the orchestrator: the log, the runners, the shell, the API. */
public final class OrchestratorVerticle extends VerticleBase {
  private static final long HEALTH_MILLIS = 100;

  private final OrchestratorConfig config;
  private final Edge edge;
  private final Clock clock = Clock.systemUTC();
  private final RandomGenerator random = new SplittableRandom(new SecureRandom().nextLong());
  private @Nullable Workflows workflows;
  private long health = -1;
  private boolean healthy = true;

  public OrchestratorVerticle(OrchestratorConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    edge.needs(Peer.DB_ADAPTER);
    edge.wants(Peer.STAMPING);
    edge.wants(Peer.INTELLIGENCE);
    return context.executeBlocking(DefinitionReader::new).map(this::wire);
  }

  private Workflows wire(DefinitionReader reader) {
    WorkflowLog log = new WorkflowLog(edge.peer(Peer.DB_ADAPTER), config.logTimeout());
    SuiteTasks tasks =
        new SuiteTasks(
            edge.peer(Peer.STAMPING),
            config.stamping(),
            edge.peer(Peer.INTELLIGENCE),
            config.intelligence(),
            turn -> context.runOnContext(_ -> turn.run()));
    tasks.measured(edge.metrics());
    Cluster cluster = edge.directory().cluster();
    return cluster == null
        ? wire(reader, log, tasks, new Alone())
        : wire(reader, log, tasks, new ClusterMembership(edge, context, cluster));
  }

  private <M extends World.Membership & Owners> Workflows wire(
      DefinitionReader reader, WorkflowLog log, SuiteTasks tasks, M crew) {
    World world = VertxWorld.of(vertx, context, clock, random, log, crew, tasks);
    Workflows wired = new Workflows(reader, world, config.settings());
    edge.offer(
        new WorkflowApi(
            vertx, wired, log, crew, () -> Ids.uuid7(clock.instant(), random).toString()));
    edge.offer(new NodeApi(vertx, wired, log));
    wired.start();
    health = vertx.setPeriodic(HEALTH_MILLIS, _ -> tellHealth(log));
    workflows = wired;
    return wired;
  }

  /** Who says that it serves accepts submissions. */
  private void tellHealth(WorkflowLog log) {
    if (log.available() != healthy) {
      healthy = log.available();
      edge.health(WorkflowServiceGrpc.SERVICE_NAME, healthy);
    }
    if (!healthy) {
      var unused = log.probe().otherwiseEmpty();
    }
  }

  @Override
  public Future<?> stop() {
    boolean unused = vertx.cancelTimer(health);
    return workflows == null
        ? Future.succeededFuture()
        : Timeouts.within(config.stopTimeout(), Future.fromCompletionStage(workflows.stop()));
  }
}
