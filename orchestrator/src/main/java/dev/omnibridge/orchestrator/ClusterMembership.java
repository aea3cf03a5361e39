// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.api.workflow.v1.NodeServiceGrpc;
import dev.omnibridge.api.workflow.v1.WakeRequest;
import dev.omnibridge.orchestrator.rpc.Owners;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.run.World;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.Member;
import dev.omnibridge.runtime.cluster.Rendezvous;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.Channel;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the shards out among the orchestrators of the cluster that work. While this process may
 * still meet the others for the first time, and once it has left them, it works on nothing.
 */
final class ClusterMembership implements World.Membership, Owners {
  private static final Logger log = LoggerFactory.getLogger(ClusterMembership.class);
  private static final Duration WAKE_LIMIT = Duration.ofSeconds(1);
  private static final int MAX_WAKES = 256;

  private final Edge edge;
  private final Cluster cluster;
  private final List<Runnable> listeners = new ArrayList<>();
  private Map<String, Member> nodes = Map.of();
  private String[] owners = {};
  private Set<Integer> own = Set.of();
  private int wakes;

  /** To be used on the context only. */
  ClusterMembership(Edge edge, Context context, Cluster cluster) {
    this.edge = edge;
    this.cluster = cluster;
    cluster.onChange(() -> context.runOnContext(_ -> look()));
    look();
  }

  private void look() {
    if (!cluster.settled()) {
      return;
    }
    Map<String, Member> seen =
        cluster.working(Peer.ORCHESTRATOR.service()).stream()
            .collect(Collectors.toMap(Member::id, Function.identity()));
    if (seen.equals(nodes)) {
      return;
    }
    nodes = seen;
    owners = seen.isEmpty() ? new String[0] : Rendezvous.owners(seen.keySet());
    Set<Integer> mine = new HashSet<>();
    for (int shard = 0; shard < owners.length; shard++) {
      if (owners[shard].equals(cluster.self().id())) {
        mine.add(shard);
      }
    }
    own = Set.copyOf(mine);
    log.atInfo()
        .addKeyValue("orchestrators", seen.size())
        .addKeyValue("shards", own.size())
        .log("shards are shared out");
    listeners.forEach(Runnable::run);
  }

  @Override
  public Set<Integer> shards() {
    return own;
  }

  @Override
  public void onChange(Runnable action) {
    listeners.add(action);
  }

  @Override
  public @Nullable Channel elsewhere(RunKey key) {
    if (owners.length == 0) {
      return null;
    }
    Member owner = nodes.get(owners[key.shard()]);
    return owner == null || owner.equals(cluster.self()) ? null : edge.at(owner.address());
  }

  @Override
  public void wake(RunKey key, long version) {
    Channel owner = elsewhere(key);
    if (owner == null || wakes >= MAX_WAKES) {
      return;
    }
    wakes++;
    var request =
        WakeRequest.newBuilder()
            .setNamespace(key.namespace())
            .setRunId(key.runId())
            .setVersion(version)
            .build();
    Calls.unary(owner, NodeServiceGrpc.getWakeMethod(), request, WAKE_LIMIT)
        .onComplete(answer -> {
          wakes--;
          if (answer.failed()) {
            log.atDebug()
                .addKeyValue(LogKeys.RUN_ID, key.runId())
                .log("owner was not woken; it looks besides");
          }
        });
  }
}
