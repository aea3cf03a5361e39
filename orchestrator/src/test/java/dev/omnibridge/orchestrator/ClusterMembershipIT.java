// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Shards;
import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.ClusterConfig;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Orchestrators that share the shards in a real Hazelcast cluster on loopback. */
class ClusterMembershipIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  /** Members look for each other on so many ports. */
  private static final int PORT = FreePorts.run(ClusterConfig.PORTS);

  private static final ClusterConfig CONFIG =
      ClusterConfig.from(
          Env.of(
              Map.of(
                  "CLUSTER_NAME",
                  "shards-" + UUID.randomUUID(),
                  "CLUSTER_PORT",
                  Integer.toString(PORT))));

  private final Vertx vertx = Vertx.vertx();
  private final List<Node> nodes = new ArrayList<>();

  /** A process that serves nothing but is one of the orchestrators. */
  private final class Node {
    final Edge edge =
        Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(), Set.of(Peer.ORCHESTRATOR)));
    final Cluster cluster;
    final AtomicInteger changes = new AtomicInteger();
    private final Context context = vertx.getOrCreateContext();
    private final Future<ClusterMembership> membership;

    Node() throws Exception {
      int unused = edge.listen().await(30, SECONDS);
      cluster = edge.join(CONFIG, UUID.randomUUID().toString());
      membership =
          Future.future(made ->
              context.runOnContext(_ -> {
                var member = new ClusterMembership(edge, context, cluster);
                member.onChange(changes::incrementAndGet);
                made.complete(member);
              }));
      nodes.add(this);
    }

    private <T> T tell(Function<ClusterMembership, T> question) {
      ClusterMembership member = membership.await();
      return Future.<T>future(
              answer -> context.runOnContext(_ -> answer.complete(question.apply(member))))
          .await();
    }

    int shards() {
      return tell(member -> member.shards().size());
    }

    boolean sendsElsewhere(int run) {
      return tell(member -> member.elsewhere(new RunKey("tests", "run-" + run)) != null);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (Node node : nodes) {
      node.cluster.leave();
      node.edge.close().await(30, SECONDS);
    }
    vertx.close().await(30, SECONDS);
  }

  @Test
  void shouldWorkOnNothingAndKnowWhoGoesOnOnceItHasLeft() throws Exception {
    var leaving = new Node();
    await().atMost(LIMIT).until(() -> leaving.shards() == Shards.COUNT);
    var staying = new Node();
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          assertThat(staying.shards()).isPositive();
          assertThat(leaving.shards() + staying.shards()).isEqualTo(Shards.COUNT);
        });
    int changes = leaving.changes.get();

    leaving.cluster.leave();

    await().atMost(LIMIT).untilAsserted(() -> assertThat(leaving.shards()).isZero());
    assertThat(leaving.changes).hasValue(changes + 1);
    assertThat(IntStream.range(0, 100)).allMatch(leaving::sendsElsewhere);
    leaving.edge.closeIntake().await(30, SECONDS);
    await().atMost(LIMIT).until(() -> staying.shards() == Shards.COUNT);

    staying.cluster.leave();

    await().atMost(LIMIT).until(() -> staying.shards() == 0);
    assertThat(staying.sendsElsewhere(1)).isFalse();
  }
}
