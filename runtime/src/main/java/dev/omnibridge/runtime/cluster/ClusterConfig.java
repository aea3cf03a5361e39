// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import dev.omnibridge.runtime.Env;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How a process finds the others.
 *
 * @param enabled false: it looks for nobody
 * @param name only processes with the same name meet
 * @param host address to listen on for the cluster's own protocol
 * @param port first port to try for it; up to {@link #PORTS} are tried
 * @param members where to look for others: "host" or "host:port"
 * @param memberTimeout how long a member may be silent before the cluster goes on without it
 * @param suspectAfter how long a member may not answer before it is passed over
 * @param joinLimit how long to wait for the cluster before acting as if alone
 * @param advertisedHost host that others reach this process at; empty: the one it listens on
 */
public record ClusterConfig(
    boolean enabled,
    String name,
    String host,
    int port,
    List<String> members,
    Duration memberTimeout,
    Duration suspectAfter,
    Duration joinLimit,
    String advertisedHost) {
  /** How many ports are tried from the first one on, here and at members without a port. */
  public static final int PORTS = 20;

  private static final int DEFAULT_PORT = 5701;

  /** The configuration of an environment; the problems are reported by its check. */
  public static ClusterConfig from(Env env) {
    String host = env.text("CLUSTER_HOST", env.text("BIND_HOST", "127.0.0.1"));
    return new ClusterConfig(
        env.flag("CLUSTER", true),
        env.text("CLUSTER_NAME", "omnibridge-" + env.text("OMNIBRIDGE_ENVIRONMENT", "dev")),
        host,
        env.port("CLUSTER_PORT", DEFAULT_PORT),
        Arrays.stream(env.text("CLUSTER_MEMBERS", "127.0.0.1").split(","))
            .map(String::strip)
            .filter(member -> !member.isEmpty())
            .toList(),
        env.duration("CLUSTER_MEMBER_TIMEOUT", Duration.ofSeconds(3)),
        env.duration("CLUSTER_SUSPECT_AFTER", Duration.ofSeconds(2)),
        env.duration("CLUSTER_JOIN_LIMIT", Duration.ofSeconds(15)),
        env.text("ADVERTISED_HOST", ""));
  }
}
