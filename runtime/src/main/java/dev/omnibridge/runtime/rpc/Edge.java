// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.util.MutableHandlerRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpcio.server.GrpcIoServer;
import io.vertx.grpcio.server.GrpcIoServiceBridge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a process offers its gRPC services and finds its peers: the same service objects over the
 * network and in process. Offer everything, then listen. Safe for use from several threads.
 */
public final class Edge {
  /** Largest gRPC message, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  private final Vertx vertx;
  private final EdgeConfig config;
  private final Guard guard = new Guard();
  private final HealthStatusManager health = new HealthStatusManager();
  private final MutableHandlerRegistry registry = new MutableHandlerRegistry();
  private final String inProcessName = "omnibridge-" + UUID.randomUUID();
  private final Server inProcess;
  private final GrpcIoServer network;
  private final List<String> offered = new ArrayList<>();
  private final Map<Peer, ManagedChannel> channels = new EnumMap<>(Peer.class);
  private @Nullable HttpServer http;
  private boolean draining;

  private Edge(Vertx vertx, EdgeConfig config) {
    this.vertx = vertx;
    this.config = config;
    this.network =
        GrpcIoServer.server(
            vertx,
            new GrpcServerOptions()
                .setMaxMessageSize(MAX_MESSAGE_BYTES)
                .setScheduleDeadlineAutomatically(true)
                .setDeadlinePropagation(true));
    this.inProcess =
        InProcessServerBuilder.forName(inProcessName)
            .directExecutor()
            .maxInboundMetadataSize(64 * 1024)
            .fallbackHandlerRegistry(registry)
            .build();
  }

  /** Opens the in-process side; {@link #listen} opens the network side. */
  public static Edge open(Vertx vertx, EdgeConfig config) {
    var edge = new Edge(vertx, config);
    try {
      edge.inProcess.start();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    edge.add(edge.health.getHealthService().bindService());
    return edge;
  }

  /** Offers a service, before {@link #listen}; its health is SERVING from then on. */
  public synchronized void offer(BindableService service) {
    ServerServiceDefinition guarded = ServerInterceptors.intercept(service, guard);
    add(guarded);
    String name = guarded.getServiceDescriptor().getName();
    offered.add(name);
    health.setStatus(name, ServingStatus.SERVING);
  }

  private void add(ServerServiceDefinition service) {
    registry.addService(service);
    network.addService(
        GrpcIoServiceBridge.bridge(ServerInterceptors.intercept(service, new EndedCalls())));
  }

  /** Opens the port; the future gives the port it really is. */
  public synchronized Future<Integer> listen() {
    network.addService(ReflectionService.v1());
    http =
        vertx.createHttpServer(
            new HttpServerOptions().setHost(config.host()).setPort(config.port()));
    return http.requestHandler(network).listen().map(HttpServer::actualPort);
  }

  /** The channel to a peer: in this process when it has no address, over the network otherwise. */
  public synchronized Channel peer(Peer peer) {
    return channels.computeIfAbsent(peer, this::connect);
  }

  private ManagedChannel connect(Peer peer) {
    String address = config.peers().get(peer);
    return address == null
        ? InProcessChannelBuilder.forName(inProcessName).directExecutor().build()
        : NettyChannelBuilder.forTarget(address)
            .usePlaintext()
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .build();
  }

  /** Tells the world that this process takes no new work; calls under way go on. Once is enough. */
  public synchronized void drain() {
    if (!draining) {
      draining = true;
      health.enterTerminalState();
    }
  }

  /** Sets the health of one offered service, as the gRPC health service reports it. */
  public void health(String service, boolean serving) {
    health.setStatus(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /** Drains, lets calls under way end for a moment, and closes both sides. */
  public synchronized Future<Void> close() {
    drain();
    Future<Void> closed =
        http == null ? Future.succeededFuture() : http.shutdown(5, TimeUnit.SECONDS);
    return closed.eventually(() -> {
      channels.values().forEach(ManagedChannel::shutdown);
      inProcess.shutdown();
      return Future.succeededFuture();
    });
  }
}
