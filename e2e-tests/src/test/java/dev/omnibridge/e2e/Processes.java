// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc;
import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.api.directory.v1.ListInstancesRequest;
import dev.omnibridge.bridge.suite.Endpoints;
import dev.omnibridge.e2e.infrastructure.Infrastructure;
import dev.omnibridge.e2e.infrastructure.Servers;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The suite service by service: processes that find each other in a cluster of their own, on one
 * database and one broker.
 */
final class Processes implements AutoCloseable {
  private static final Duration MEET_LIMIT = Duration.ofSeconds(60);

  /** The first member of the cluster: the one whose start takes longest, and waits for nobody. */
  private static final Peer FOUNDER = Peer.DB_ADAPTER;

  private final Path directory;
  private final Servers servers;
  private final TestPostgres.Database database;
  private final String prefix;
  private final Map<String, String> environment = new HashMap<>();
  private final List<ServiceProcess> running = new ArrayList<>();
  private final List<Stack> stacks = new ArrayList<>();
  private boolean founded;
  private boolean records;

  /** None yet; they will meet on the servers that this JVM shares. */
  Processes(String name, Map<String, String> more) {
    this(name, Infrastructure.chosen().servers(), more);
  }

  /** None yet; the servers stay the caller's. */
  Processes(String name, Servers servers, Map<String, String> more) {
    this.servers = servers;
    database = servers.freshDatabase();
    prefix = servers.freshTopicPrefix();
    directory = OneSuite.directory(name);
    environment.put("PGHOST", database.host());
    environment.put("PGPORT", Integer.toString(database.port()));
    environment.put("PGUSER", database.user());
    environment.put("PGPASSWORD", database.password());
    environment.put("PGDATABASE", database.name());
    environment.put("KAFKA_BOOTSTRAP_SERVERS", servers.kafka());
    environment.put("OMNIBRIDGE_ENVIRONMENT", prefix);
    environment.put("CLUSTER_NAME", name + "-" + UUID.randomUUID());
    environment.put("CLUSTER_PORT", Integer.toString(FreePorts.run(20)));
    environment.putAll(more);
  }

  /** Those that start from now on leave their starts to all that come later, and end later. */
  Processes recordingStarts() {
    records = true;
    return this;
  }

  /** Starts one more process, and waits for it only if it is the very first. */
  ServiceProcess start(Peer peer) throws Exception {
    return start(peer, Map.of());
  }

  /** The same; the very first is waited for until the others find it at once. */
  ServiceProcess start(Peer peer, Map<String, String> more) throws Exception {
    var variables = new HashMap<>(environment);
    variables.putAll(more);
    var process = ServiceProcess.start(peer, variables, directory, records);
    running.add(process);
    if (!founded) {
      founded = true;
      process.awaitClustered();
    }
    return process;
  }

  /**
   * Every service once, and one orchestrator more, started at once as users may; gives the time
   * they took. No founder is waited for: they find out among themselves who is the first.
   */
  Duration startAll() throws Exception {
    long began = System.nanoTime();
    founded = true;
    start(Peer.ORCHESTRATOR);
    startAndAwait(EnumSet.allOf(Peer.class));
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Every service once, the founder first; waits until all that run are ready. */
  void startEach() throws Exception {
    start(FOUNDER);
    startAndAwait(EnumSet.complementOf(EnumSet.of(FOUNDER)));
  }

  private void startAndAwait(Set<Peer> peers) throws Exception {
    for (Peer peer : peers) {
      start(peer);
    }
    running.forEach(ServiceProcess::awaitReady);
  }

  List<ServiceProcess> all() {
    return List.copyOf(running);
  }

  ServiceProcess first(Peer peer) {
    return running.stream().filter(one -> one.peer() == peer).findFirst().orElseThrow();
  }

  List<ServiceProcess> orchestrators() {
    return running.stream().filter(one -> one.peer() == Peer.ORCHESTRATOR).toList();
  }

  /** SIGKILL to the first instance of a service, which is none of these any more. */
  ServiceProcess kill(Peer peer) throws InterruptedException {
    ServiceProcess victim = first(peer);
    victim.kill();
    forget(victim);
    return victim;
  }

  /** A ready one where one that is gone was, so that those who knew that one find it. */
  ServiceProcess replace(ServiceProcess gone, Map<String, String> more) throws Exception {
    var variables = new HashMap<>(more);
    variables.put(gone.peer().portVariable(), Integer.toString(gone.port()));
    return start(gone.peer(), variables).awaitReady();
  }

  /** Takes note of a process that is gone. */
  void forget(ServiceProcess gone) {
    running.remove(gone);
  }

  /** A client that asks one orchestrator, and the first instance of everything else. */
  Stack asking(ServiceProcess orchestrator) {
    var addresses = new EnumMap<Peer, String>(Peer.class);
    running.forEach(one -> addresses.putIfAbsent(one.peer(), one.address()));
    addresses.put(Peer.ORCHESTRATOR, orchestrator.address());
    var endpoints =
        new Endpoints(
            orchestrator.address(),
            database.jdbcUrl(),
            database.user(),
            database.password(),
            servers.kafka(),
            prefix);
    var stack = new Stack(endpoints, addresses);
    stacks.add(stack);
    return stack;
  }

  /** Waits until an orchestrator sees so many orchestrators, each with shards. */
  void awaitOrchestrators(ServiceProcess seenBy, int count) {
    Stack stack = asking(seenBy);
    await()
        .atMost(MEET_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          List<Instance> found = instances(stack, Peer.ORCHESTRATOR);
          return found.size() == count && found.stream().allMatch(one -> one.getShards() > 0);
        });
  }

  /** Who owns which shards, as soon as the orchestrators themselves see it so. */
  ShardOwners owners(ServiceProcess seenBy) {
    Stack stack = asking(seenBy);
    String cluster = requireNonNull(environment.get("CLUSTER_NAME"));
    int port = Integer.parseInt(requireNonNull(environment.get("CLUSTER_PORT")));
    return await()
        .atMost(MEET_LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .pollDelay(Duration.ZERO)
        .until(
            () -> ShardOwners.of(cluster, port),
            owners -> owners.areThoseOf(instances(stack, Peer.ORCHESTRATOR)));
  }

  static List<Instance> instances(Stack stack, Peer peer) {
    return DirectoryServiceGrpc.newBlockingStub(stack.channel(Peer.ORCHESTRATOR))
        .withDeadlineAfter(Stack.LIMIT.toSeconds(), TimeUnit.SECONDS)
        .listInstances(ListInstancesRequest.newBuilder().setService(peer.service()).build())
        .getInstancesList();
  }

  @Override
  public void close() throws Exception {
    var parts = new ArrayList<AutoCloseable>(stacks);
    // The log last, so that the others can finish.
    parts.add(() -> Closing.atOnce(running.stream().filter(one -> !isLog(one)).toList()));
    parts.add(() -> Closing.atOnce(running.stream().filter(Processes::isLog).toList()));
    Closing.all(parts.toArray(AutoCloseable[]::new));
  }

  private static boolean isLog(ServiceProcess process) {
    return process.peer() == Peer.DB_ADAPTER;
  }
}
