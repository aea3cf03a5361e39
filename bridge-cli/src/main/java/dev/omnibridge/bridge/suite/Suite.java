// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.runtime.Addresses;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All five services in this process, on a PostgreSQL and a Kafka broker that are kept in one
 * directory and found again. Started means that submissions are durably accepted; Kafka may join
 * afterwards. A directory whose suite was killed is taken over; one with a living suite is refused.
 * Blocks, so it is for plain threads.
 */
public final class Suite implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Suite.class);
  private static final String HOST = "127.0.0.1";

  /** Longer than what is in a service waits for what it is doing. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(12);

  private static final Duration KAFKA_HEAD_START = Duration.ofSeconds(8);

  private final SuiteOptions options;
  private final Steps steps;
  private final Servers servers;
  private final Endpoints endpoints;
  private final Duration readyAfter;

  private Suite(SuiteOptions options, Path data, Steps steps) throws Exception {
    long began = System.nanoTime();
    this.options = options;
    this.steps = steps;
    this.servers = Servers.open(options, data, steps);
    Map<String, String> environment = environment(data);
    // A log that was restored is not served before it has been compared with Kafka.
    CompletableFuture.delayedExecutor(KAFKA_HEAD_START.toMillis(), TimeUnit.MILLISECONDS)
        .execute(servers.kafka()::begin);
    int port = startServices(new Wiring(environment));
    // Only now, so that it does not compete with what submissions wait for.
    servers.kafka().begin();
    EmbeddedPostgres postgres = servers.postgres();
    this.endpoints =
        new Endpoints(
            address(options.host(), port),
            postgres.jdbcUrl(),
            postgres.user(),
            postgres.password(),
            servers.kafkaAddress(),
            environment.getOrDefault("OMNIBRIDGE_ENVIRONMENT", "dev"));
    RunFile.ofThisProcess(endpoints).write(data);
    steps.onClose("run file", () -> RunFile.delete(data));
    this.readyAfter = Duration.ofNanos(System.nanoTime() - began);
    log.atInfo().addKeyValue("millis", readyAfter.toMillis()).log("suite is ready");
  }

  /**
   * A suite that accepts submissions.
   *
   * @throws dev.omnibridge.embedded.EmbeddedServerException when a server does not start, or the
   *     directory is in use
   * @throws IllegalStateException when a service does not start
   */
  public static Suite start(SuiteOptions options) {
    return Steps.start(
        options.data(), "The suite", (data, steps) -> new Suite(options, data, steps));
  }

  private int startServices(Wiring wiring) throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
    steps.onClose("Vert.x", () -> await(vertx.close()));
    Edge edge = Edge.open(vertx, EdgeConfig.allInOne(options.host(), options.port()));
    steps.onClose("gRPC edge", () -> await(edge.close()));
    var dbAdapter = wiring.dbAdapter(edge);
    deploy(vertx, List.of(dbAdapter), dbAdapter::isComparing);
    deploy(vertx, wiring.others(edge), () -> false);
    int port = start(edge.listen());
    steps.onClose("gRPC intake", () -> await(edge.closeIntake()));
    return port;
  }

  private void deploy(Vertx vertx, List<? extends Deployable> verticles, BooleanSupplier busy)
      throws Exception {
    var deployed = verticles.stream().map(vertx::deployVerticle).toList();
    deployed.forEach(
        one -> one.onSuccess(id -> log.atDebug().addKeyValue("id", id).log("service deployed")));
    var unused = start(Future.join(deployed), options.startLimit(), busy);
    for (Future<String> one : deployed) {
      steps.onClose("service", () -> await(vertx.undeploy(one.result())));
    }
  }

  private <T> T start(Future<T> starting) throws Exception {
    return start(starting, options.startLimit(), () -> false);
  }

  /** Within a limit, which begins anew as long as something is done that has none. */
  static <T> T start(Future<T> starting, Duration limit, BooleanSupplier busy) throws Exception {
    boolean wasBusy = false;
    while (true) {
      try {
        return starting.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException late) {
        boolean isBusy = busy.getAsBoolean();
        if (!wasBusy && !isBusy) {
          throw late;
        }
        wasBusy = isBusy;
      }
    }
  }

  /** Where this machine reaches it. */
  private static String address(String host, int port) {
    return switch (host) {
          case "0.0.0.0", "::" -> HOST;
          case String named -> Addresses.isIpv6(named) ? "[" + named + "]" : named;
        }
        + ":"
        + port;
  }

  private static void await(Future<?> stopping) throws Exception {
    var unused = stopping.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Map<String, String> environment(Path data) {
    var variables = new HashMap<>(options.environment());
    variables.putIfAbsent("REDUCER_SOLE", "true");
    variables.putIfAbsent("INTELLIGENCE_INDEX", data.resolve("intelligence-index").toString());
    variables.putIfAbsent("STAMPING_SIGNING_KEY_FILE", data.resolve("signing-key.pem").toString());
    variables.putAll(servers.environment());
    return Map.copyOf(variables);
  }

  /** Where everything is. */
  public Endpoints endpoints() {
    return endpoints;
  }

  /** host:port of the gRPC services. */
  public String address() {
    return endpoints.address();
  }

  /** Port of the gRPC services. */
  public int port() {
    return Integer.parseInt(address().substring(address().lastIndexOf(':') + 1));
  }

  /** Of the database, without user and password. */
  public String jdbcUrl() {
    return endpoints.jdbcUrl();
  }

  /** Where Kafka is, or will be. */
  public String kafkaBootstrap() {
    return endpoints.kafka();
  }

  /** From the beginning of the start until submissions were accepted. */
  public Duration readyAfter() {
    return readyAfter;
  }

  /** The database server, for those who want to see it fail. */
  public EmbeddedPostgres postgres() {
    return servers.postgres();
  }

  /** The broker, once it serves; it can be stopped and restarted as an outage. */
  public EmbeddedKafka awaitKafka(Duration limit) {
    return servers.kafka().await(limit);
  }

  /** Completes when the broker serves, or fails when it never will. */
  public CompletableFuture<EmbeddedKafka> kafkaStarted() {
    return servers.kafka().started();
  }

  /**
   * Stops the services, then the broker, then the database. Whoever calls it meanwhile waits: a
   * signal that comes then must not end the process in the middle. Does nothing the second time.
   */
  @Override
  public synchronized void close() {
    steps.close();
  }
}
