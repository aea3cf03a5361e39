// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Member;
import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.runtime.Shards;
import dev.omnibridge.runtime.cluster.ClusterConfig;
import dev.omnibridge.runtime.cluster.Rendezvous;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/** Which orchestrator, by its address, goes on with the runs of each shard. */
record ShardOwners(List<String> addresses) {
  private static final int CONNECT_MILLIS = 20_000;

  /** As they follow from what the members of a cluster say of themselves; joins nothing. */
  static ShardOwners of(String cluster, int firstPort) {
    var settings = new ClientConfig().setClusterName(cluster);
    settings.setProperty("hazelcast.logging.type", "slf4j");
    settings
        .getNetworkConfig()
        .addAddress(
            IntStream.range(firstPort, firstPort + ClusterConfig.PORTS)
                .mapToObj(port -> "127.0.0.1:" + port)
                .toArray(String[]::new));
    settings
        .getConnectionStrategyConfig()
        .getConnectionRetryConfig()
        .setClusterConnectTimeoutMillis(CONNECT_MILLIS);
    var client = HazelcastClient.newHazelcastClient(settings);
    try {
      var orchestrators = new HashMap<String, String>();
      for (Member member : client.getCluster().getMembers()) {
        if (List.of(member.getAttribute("services").split(","))
            .contains(Peer.ORCHESTRATOR.service())) {
          orchestrators.put(member.getAttribute("id"), member.getAttribute("grpc"));
        }
      }
      return new ShardOwners(
          Arrays.stream(Rendezvous.owners(orchestrators.keySet()))
              .map(orchestrators::get)
              .toList());
    } finally {
      client.shutdown();
    }
  }

  /** Whether the orchestrators themselves say that each has as many as here. */
  boolean areThoseOf(List<Instance> orchestrators) {
    var told = new HashMap<String, Long>();
    orchestrators.forEach(one -> told.put(one.getAddress(), (long) one.getShards()));
    var counted = new HashMap<String, Long>();
    addresses.forEach(one -> counted.merge(one, 1L, Long::sum));
    return told.equals(counted);
  }

  /** Whether an orchestrator goes on with a run. */
  boolean isOf(ServiceProcess orchestrator, String namespace, String runId) {
    return addresses.get(Shards.of(namespace, runId)).equals(orchestrator.address());
  }
}
