// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import dev.omnibridge.runtime.Addresses;
import dev.omnibridge.runtime.Env;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a process finds the others.
 *
 * @param enabled false: it looks for nobody
 * @param name only processes with the same name meet
 * @param host address to listen on for the cluster's own protocol
 * @param port first port to try for it; up to {@link #PORTS} are tried
 * @param members where to look for others: "host" or "host:port"
 * @param memberTimeout how long a member may be silent before it is taken off the list; long, for a
 *     list that loses its oldest member falls apart for a while, and the pulse is what counts
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
  private static final int LARGEST_PORT = 65_535 - PORTS;
  private static final Duration LEAST_MEMBER_TIMEOUT = Duration.ofSeconds(2);

  /** Three pulses, less than which a busy machine misses now and then. */
  private static final Duration LEAST_SUSPICION = Duration.ofMillis(1500);

  /** The configuration of an environment; the problems are reported by its check. */
  public static ClusterConfig from(Env env) {
    boolean enabled = env.flag("CLUSTER", true);
    String bind = env.text("BIND_HOST", "127.0.0.1");
    String host = env.text("CLUSTER_HOST", bind);
    String advertised = advertised(env, bind);
    if (enabled && Addresses.isIpv6(host) && !isAny(host)) {
      env.refuse(
          "CLUSTER_HOST",
          host,
          "an IPv4 address, or a name that has one, is needed (it is as BIND_HOST when not set)");
    }
    if (enabled && isAny(bind) && advertised.isEmpty()) {
      env.missing(
          "ADVERTISED_HOST is needed with BIND_HOST=%s, so that others know where this process is"
              .formatted(bind));
    }
    return new ClusterConfig(
        enabled,
        env.text("CLUSTER_NAME", "omnibridge-" + env.text("OMNIBRIDGE_ENVIRONMENT", "dev")),
        host,
        env.integer("CLUSTER_PORT", DEFAULT_PORT, 1, LARGEST_PORT),
        env.hosts("CLUSTER_MEMBERS", "127.0.0.1"),
        env.duration("CLUSTER_MEMBER_TIMEOUT", Duration.ofSeconds(30), LEAST_MEMBER_TIMEOUT),
        env.duration("CLUSTER_SUSPECT_AFTER", Duration.ofSeconds(2), LEAST_SUSPICION),
        env.durationOrZero("CLUSTER_JOIN_LIMIT", Duration.ofSeconds(15)),
        advertised);
  }

  /** As it is written in an address: an IPv6 one in brackets. */
  private static String advertised(Env env, String bind) {
    String named = env.text("ADVERTISED_HOST", "");
    if (named.isEmpty()) {
      return Addresses.isIpv6(bind) && !isAny(bind) ? "[" + bind + "]" : "";
    }
    String host = Addresses.isIpv6(named) ? "[" + named + "]" : named;
    if (!Addresses.isHost(host)) {
      env.refuse("ADVERTISED_HOST", named, "a host without a port is needed");
    }
    return host;
  }

  /** True when the cluster's protocol is listened for at every address of the machine. */
  boolean listensEverywhere() {
    return isAny(host);
  }

  private static boolean isAny(String host) {
    return host.equals("0.0.0.0")
        || Addresses.isIpv6(host) && InetAddress.ofLiteral(host).isAnyLocalAddress();
  }
}
