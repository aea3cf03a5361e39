// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The channels to peers, one for all instances of a service, and to single processes. A connection
 * that cannot be made is tried again every second: peers may come up in any order, and minutes
 * later. Safe for use from several threads.
 */
final class PeerChannels {
  private final EdgeConfig config;
  private final Directory directory;
  private final String inProcessName;
  private final Map<Peer, ManagedChannel> services = new EnumMap<>(Peer.class);
  private final Map<String, ManagedChannel> processes = new HashMap<>();

  PeerChannels(EdgeConfig config, Directory directory, String inProcessName) {
    this.config = config;
    this.directory = directory;
    this.inProcessName = inProcessName;
  }

  /** Spreads calls over the instances of a service that can be reached. */
  synchronized ManagedChannel to(Peer peer) {
    return services.computeIfAbsent(peer, this::connect);
  }

  /** Calls one process. */
  synchronized ManagedChannel at(String address) {
    return processes.computeIfAbsent(
        address,
        it ->
            outgoing("process", PeerResolver.of("process", () -> List.of(it), directory)).build());
  }

  private ManagedChannel connect(Peer peer) {
    return config.local().contains(peer)
        ? InProcessChannelBuilder.forName(inProcessName).directExecutor().build()
        : found(peer);
  }

  /** Goes by the health that each instance tells, so one that only starts gets no calls. */
  private ManagedChannel found(Peer peer) {
    var addresses =
        PeerResolver.of(peer.service(), () -> directory.find(peer).addresses(), directory);
    return outgoing(peer.service(), addresses)
        .defaultLoadBalancingPolicy("round_robin")
        .defaultServiceConfig(
            Map.of(
                "loadBalancingConfig",
                List.of(Map.of("round_robin", Map.of())),
                "healthCheckConfig",
                Map.of("serviceName", peer.contract())))
        .build();
  }

  /** The registry that would replace the resolver's factory is one for the whole JVM. */
  @SuppressWarnings("deprecation")
  private static NettyChannelBuilder outgoing(String name, NameResolver.Factory addresses) {
    return NettyChannelBuilder.forTarget(PeerResolver.SCHEME + ":///" + name)
        .nameResolverFactory(addresses)
        .usePlaintext()
        .directExecutor()
        .maxInboundMessageSize(Edge.MAX_MESSAGE_BYTES)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(3, TimeUnit.SECONDS);
  }

  /** Connections that failed are made now, and not when a growing pause is over. */
  synchronized void retry() {
    services.values().forEach(ManagedChannel::resetConnectBackoff);
    processes.values().forEach(ManagedChannel::resetConnectBackoff);
  }

  /** Closes the channels to single processes that are not among these. */
  synchronized void keepOnly(Set<String> addresses) {
    processes
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !addresses.contains(entry.getKey());
          if (gone) {
            entry.getValue().shutdown();
          }
          return gone;
        });
  }

  synchronized void shutdown() {
    services.values().forEach(ManagedChannel::shutdown);
    processes.values().forEach(ManagedChannel::shutdown);
  }
}
