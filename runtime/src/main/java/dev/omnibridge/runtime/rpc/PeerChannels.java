// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.util.EnumMap;
import java.util.HashMap;
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
        address, it -> outgoing(NettyChannelBuilder.forTarget("dns:///" + it)).build());
  }

  private ManagedChannel connect(Peer peer) {
    return config.local().contains(peer)
        ? InProcessChannelBuilder.forName(inProcessName).directExecutor().build()
        : found(peer);
  }

  /** The registry that would replace the resolver's factory is one for the whole JVM. */
  @SuppressWarnings("deprecation")
  private ManagedChannel found(Peer peer) {
    return outgoing(
            NettyChannelBuilder.forTarget(PeerResolver.SCHEME + ":///" + peer.service())
                .nameResolverFactory(PeerResolver.factory(directory)))
        .defaultLoadBalancingPolicy("round_robin")
        .build();
  }

  private static NettyChannelBuilder outgoing(NettyChannelBuilder builder) {
    return builder
        .usePlaintext()
        .directExecutor()
        .maxInboundMessageSize(Edge.MAX_MESSAGE_BYTES)
        .keepAliveTime(30, TimeUnit.SECONDS);
  }

  /** Connections that failed are made now, and not when a growing pause is over. */
  synchronized void retry() {
    Stream.concat(services.values().stream(), processes.values().stream())
        .filter(channel -> channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE)
        .forEach(ManagedChannel::resetConnectBackoff);
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
