// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc;
import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.ClusterConfig;
import dev.omnibridge.runtime.cluster.Member;
import dev.omnibridge.runtime.metrics.Metrics;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.util.MutableHandlerRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpcio.server.GrpcIoServer;
import io.vertx.grpcio.server.GrpcIoServiceBridge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a process offers its gRPC services and finds its peers: the same service objects over the
 * network and in process. Offer everything, then listen. Safe for use from several threads.
 */
public final class Edge {
  /** Largest gRPC message, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  private static final String HEALTH = "/" + HealthGrpc.SERVICE_NAME + "/";
  private static final String DIRECTORY = "/" + DirectoryServiceGrpc.SERVICE_NAME + "/";

  /** How often peers are asked for their health: while one is missing, and otherwise. */
  private static final long CHECK_MILLIS = 250;

  private static final int CALM = 4;
  private static final long INTAKE_SECONDS = 5;
  private static final Duration CHECK_LIMIT = Duration.ofMillis(900);

  /**
   * Calls that a peer may give up within 30 s, all of which are on one connection; one more ends
   * that connection. Vert.x lets 200, which a process that stood still for a while exceeds.
   */
  private static final int CANCELS = 20_000;

  /**
   * What a connection may send that nobody has read yet: twice as much as its 100 streams may, 64
   * KiB each, since Netty tells of what is read when it is half of the window. Vert.x lets 64 KiB
   * in all, so that one call that is slow to read would hold up the rest.
   */
  private static final int CONNECTION_WINDOW = 2 * 100 * 64 * 1024;

  private final Vertx vertx;
  private final EdgeConfig config;
  private final Directory directory;
  private final PeerChannels channels;
  private final Guard guard = new Guard();
  private final Deadlines deadlines = new Deadlines();
  private final Sluices sluices = new Sluices();
  private final HealthStatusManager health = new HealthStatusManager();
  private final Readiness readiness = new Readiness(health);
  private final Metrics metrics = new Metrics();
  private final HealthPages pages;
  private final MutableHandlerRegistry registry = new MutableHandlerRegistry();
  private final Server inProcess;

  /** What is answered at any time, and what is offered from {@link #serve} on. */
  private final GrpcIoServer always;

  private final GrpcIoServer network;
  private @Nullable HttpServer http;
  private @Nullable Cluster cluster;
  private long checks = -1;
  private int calm;
  private volatile boolean serving;
  private volatile int port;

  private Edge(Vertx vertx, EdgeConfig config) {
    this.vertx = vertx;
    this.config = config;
    this.directory = new Directory(config);
    this.pages = new HealthPages(readiness::report, this::scrape);
    String name = "omnibridge-" + UUID.randomUUID();
    this.channels = new PeerChannels(config, directory, name);
    this.always = server(vertx);
    this.network = server(vertx);
    this.inProcess =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .maxInboundMetadataSize(64 * 1024)
            .fallbackHandlerRegistry(registry)
            .build();
  }

  private Future<String> scrape() {
    return vertx.executeBlocking(metrics::scrape, false);
  }

  private static GrpcIoServer server(Vertx vertx) {
    return GrpcIoServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(MAX_MESSAGE_BYTES));
  }

  /** Opens the in-process side; {@link #listen} opens the network side. */
  public static Edge open(Vertx vertx, EdgeConfig config) {
    var edge = new Edge(vertx, config);
    try {
      edge.inProcess.start();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    edge.add(edge.always, edge.health.getHealthService().bindService());
    edge.add(
        edge.always,
        ServerInterceptors.intercept(
            new DirectoryApi(edge.directory, edge::address).bindService(), edge.guard));
    edge.checks = vertx.setPeriodic(1, CHECK_MILLIS, _ -> edge.checkInTime());
    return edge;
  }

  /** Offers a service, before {@link #serve}; its health is SERVING from then on. */
  public synchronized void offer(BindableService service) {
    ServerServiceDefinition guarded = ServerInterceptors.intercept(service, guard);
    add(network, guarded);
    readiness.offered(guarded.getServiceDescriptor().getName());
  }

  private void add(GrpcIoServer server, ServerServiceDefinition service) {
    registry.addService(service);
    sluices.learn(service);
    server.addService(
        GrpcIoServiceBridge.bridge(ServerInterceptors.intercept(service, sluices, deadlines)));
  }

  /** Says that this process cannot serve while a peer does not. */
  public void needs(Peer peer) {
    if (!config.local().contains(peer)) {
      readiness.needs(peer);
    }
  }

  /** Says that this process is degraded while a peer does not serve. */
  public void wants(Peer peer) {
    if (!config.local().contains(peer)) {
      readiness.wants(peer);
    }
  }

  /** Says what is missing while this process goes on; null when it is back. */
  public void trouble(String part, @Nullable String what) {
    readiness.trouble(part, what);
  }

  private void checkInTime() {
    if (readiness.misses() || ++calm >= CALM) {
      calm = 0;
      check();
    }
  }

  private void check() {
    channels.retry();
    Cluster joined = cluster;
    if (joined != null) {
      readiness.trouble("cluster", joined.joined() ? null : "not joined");
      channels.keepOnly(
          joined.known().stream().map(Member::address).collect(Collectors.toUnmodifiableSet()));
    }
    for (Peer peer : readiness.peers().keySet()) {
      var request = HealthCheckRequest.newBuilder().setService(peer.contract()).build();
      Calls.unary(channels.to(peer), HealthGrpc.getCheckMethod(), request, CHECK_LIMIT)
          .map(answer -> answer.getStatus() == ServingStatus.SERVING)
          .otherwise(false)
          .onSuccess(serves -> readiness.heard(peer, serves));
    }
  }

  /** Opens the port and takes calls; the future gives the port it really is. */
  public Future<Integer> listen() {
    return bind().onSuccess(_ -> serve());
  }

  /** Opens the port; until {@link #serve} only health and directory are answered. */
  public synchronized Future<Integer> bind() {
    http =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setHttp2RstFloodMaxRstFramePerWindow(CANCELS));
    return http.connectionHandler(StreamFailures::endStreamsOnly)
        .requestHandler(this::handle)
        .listen()
        .map(HttpServer::actualPort)
        .onSuccess(actual -> port = actual);
  }

  /** Takes calls from now on; everything has been offered. */
  public synchronized void serve() {
    network.addService(ReflectionService.v1());
    serving = true;
    readiness.serve();
  }

  private void handle(HttpServerRequest request) {
    String type = request.getHeader("content-type");
    if (type == null || !type.startsWith("application/grpc")) {
      pages.handle(request);
      return;
    }
    if (request.path().startsWith(HEALTH) || request.path().startsWith(DIRECTORY)) {
      Deadlines.pass(request, always);
    } else if (serving) {
      Deadlines.pass(sluices.before(new Outflow(request), type), network);
    } else {
      refuse(request);
    }
  }

  /** A call that nothing is offered for yet is one to be repeated. */
  private static void refuse(HttpServerRequest request) {
    var unused =
        request
            .response()
            .putHeader("content-type", "application/grpc")
            .putHeader("grpc-status", Integer.toString(Status.Code.UNAVAILABLE.value()))
            .putHeader("grpc-message", "The service is starting.")
            .end();
  }

  /** Where others reach this process, by the host it listens on. */
  private String address() {
    Cluster joined = cluster;
    return joined == null ? addressOn(config.host()) : joined.self().address();
  }

  /** The host may be an IPv6 address, with brackets or without. */
  private String addressOn(String host) {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Finds peers, and is found, through a cluster from now on; after {@link #bind}. */
  public Cluster join(ClusterConfig settings, String id) {
    String host = settings.advertisedHost().isEmpty() ? config.host() : settings.advertisedHost();
    var services = config.local().stream().map(Peer::service).collect(Collectors.toSet());
    var self = new Member(id, addressOn(host), services);
    readiness.joins(id);
    Cluster joined = Cluster.join(vertx, self, settings, this::pulse, readiness::ready);
    cluster = joined;
    directory.use(joined);
    return joined;
  }

  /** Asked by its id: at the address of one that was killed another may have started. */
  private Future<Boolean> pulse(Member member) {
    var request =
        HealthCheckRequest.newBuilder().setService(Readiness.ofMember(member.id())).build();
    ManagedChannel channel = channels.pulse(member.address());
    if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return Calls.unary(channel, HealthGrpc.getCheckMethod(), request, CHECK_LIMIT)
        .map(answer -> answer.getStatus() == ServingStatus.SERVING);
  }

  /** The channel to a peer: in this process when it is here, over the network otherwise. */
  public Channel peer(Peer peer) {
    return channels.to(peer);
  }

  /** The channel to one process. */
  public Channel at(String address) {
    return channels.at(address);
  }

  /** Who is where. */
  public Directory directory() {
    return directory;
  }

  /** The numbers of this process, which {@code /metrics} tells. */
  public Metrics metrics() {
    return metrics;
  }

  /** Tells the world that this process takes no new work; calls under way go on. Once is enough. */
  public void drain() {
    readiness.drain();
  }

  /** Sets the health of one offered service, as the gRPC health service reports it. */
  public void health(String service, boolean serving) {
    readiness.says(service, serving);
  }

  /** Drains, and closes the port; calls under way have a moment to end. */
  public synchronized Future<Void> closeIntake() {
    drain();
    HttpServer open = http;
    http = null;
    return open == null
        ? Future.succeededFuture()
        : open.shutdown(INTAKE_SECONDS, TimeUnit.SECONDS);
  }

  /** Closes the intake, and then the ways to the peers. */
  public Future<Void> close() {
    boolean unused = vertx.cancelTimer(checks);
    return closeIntake()
        .eventually(() -> {
          channels.shutdown();
          inProcess.shutdown();
          deadlines.close();
          metrics.close();
          return Future.succeededFuture();
        });
  }
}
