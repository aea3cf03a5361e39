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
import java.util.stream.Stream;

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
  private final Map<String, ManagedChannel> pulses = new HashMap<>();

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
    return processes.computeIfAbsent(address, this::process);
  }

  /** Asks one process for signs of life, which do not wait behind a hundred calls that last. */
  synchronized ManagedChannel pulse(String address) {
    return pulses.computeIfAbsent(address, this::process);
  }

  private ManagedChannel process(String address) {
    return outgoing("process", PeerResolver.of("process", () -> List.of(address), directory))
        .build();
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
    all().forEach(ManagedChannel::resetConnectBackoff);
  }

  /** Closes the channels to single processes that are not among these. */
  synchronized void keepOnly(Set<String> addresses) {
    keepOnly(processes, addresses);
    keepOnly(pulses, addresses);
  }

  private static void keepOnly(Map<String, ManagedChannel> channels, Set<String> addresses) {
    channels
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
    all().forEach(ManagedChannel::shutdown);
  }

  private Stream<ManagedChannel> all() {
    return Stream.of(services, processes, pulses).flatMap(channels -> channels.values().stream());
  }
}
