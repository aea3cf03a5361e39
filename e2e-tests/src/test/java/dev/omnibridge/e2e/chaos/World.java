// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.e2e.Closing;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.FaultProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Six processes of the suite, two of them orchestrators, on a database and a broker of their own.
 * Whoever calls a service, the broker or the database goes through its entrance; only what the
 * orchestrators say to each other, and the cluster's own protocol, do not.
 */
final class World implements AutoCloseable {
  static final String ENVIRONMENT = "chaos";
  private static final Duration READY_LIMIT = Duration.ofSeconds(180);

  /** In the order in which they are started; the first is there before the others look for it. */
  private static final List<Target> SERVICES =
      List.of(
          Target.DB_ADAPTER,
          Target.FIRST_ORCHESTRATOR,
          Target.SECOND_ORCHESTRATOR,
          Target.STAMPING,
          Target.INTELLIGENCE,
          Target.REDUCER);

  private final Path directory;
  private final DatabaseInhabitant database;
  private final BrokerInhabitant broker;
  private final Map<Target, Inhabitant> inhabitants = new EnumMap<>(Target.class);

  private World(Path directory) throws Exception {
    this.directory = directory;
    // First the one that is not waited for.
    this.broker = new BrokerInhabitant(Files.createDirectories(directory.resolve("kafka")));
    try {
      this.database =
          new DatabaseInhabitant(Files.createDirectories(directory.resolve("postgres")));
    } catch (Throwable failure) {
      broker.close();
      throw failure;
    }
    inhabitants.put(Target.DATABASE, database);
    inhabitants.put(Target.BROKER, broker);
  }

  /** Starts everything; all of it serves when this returns. */
  static World start(Path parent) throws Exception {
    Path directory = Files.createTempDirectory(Files.createDirectories(parent), "chaos-");
    var world = new World(directory.toAbsolutePath());
    try {
      world.startServices();
      world.awaitServing();
      return world;
    } catch (Throwable failure) {
      world.close();
      throw failure;
    }
  }

  private void startServices() throws Exception {
    var ports = new EnumMap<Target, Integer>(Target.class);
    var entrances = new EnumMap<Target, FaultProxy>(Target.class);
    for (Target target : SERVICES) {
      int port = FreePorts.next();
      ports.put(target, port);
      entrances.put(target, FaultProxy.to(port));
    }
    var environment = environment(entrances);
    for (Target target : SERVICES) {
      var inhabitant =
          new ServiceInhabitant(
              peer(target),
              requireNonNull(ports.get(target)),
              requireNonNull(entrances.get(target)),
              environment,
              directory);
      inhabitants.put(target, inhabitant);
      if (target == SERVICES.getFirst()) {
        inhabitant.awaitClustered();
      }
    }
  }

  private static Peer peer(Target target) {
    return switch (target) {
      case FIRST_ORCHESTRATOR, SECOND_ORCHESTRATOR -> Peer.ORCHESTRATOR;
      case DB_ADAPTER -> Peer.DB_ADAPTER;
      case STAMPING -> Peer.STAMPING;
      case INTELLIGENCE -> Peer.INTELLIGENCE;
      case REDUCER -> Peer.REDUCER;
      case BROKER, DATABASE -> throw new IllegalArgumentException(target + " is no service");
    };
  }

  private Map<String, String> environment(Map<Target, FaultProxy> entrances) {
    var variables = new HashMap<String, String>();
    variables.put("PGHOST", "127.0.0.1");
    variables.put("PGPORT", Integer.toString(database.entrance().port()));
    variables.put("PGUSER", database.user());
    variables.put("PGPASSWORD", database.password());
    variables.put("PGDATABASE", database.database());
    variables.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    variables.put("OMNIBRIDGE_ENVIRONMENT", ENVIRONMENT);
    variables.put("CLUSTER_NAME", "chaos-" + UUID.randomUUID());
    variables.put("CLUSTER_PORT", Integer.toString(FreePorts.run(20)));
    // A minute has no room for waits of half of it.
    variables.put("ORCHESTRATOR_STAMPING_PROBE_AFTER", "2s");
    variables.put("ORCHESTRATOR_INTELLIGENCE_PROBE_AFTER", "2s");
    entrances.forEach((target, entrance) -> {
      if (peer(target) != Peer.ORCHESTRATOR) {
        variables.put(peer(target).addressVariable(), address(entrance));
      }
    });
    return variables;
  }

  private static String address(FaultProxy entrance) {
    return "127.0.0.1:" + entrance.port();
  }

  Inhabitant at(Target target) {
    return requireNonNull(inhabitants.get(target));
  }

  /** Where clients find the services of some targets. */
  List<String> addresses(Target... targets) {
    return List.of(targets).stream().map(target -> address(at(target).entrance())).toList();
  }

  DatabaseInhabitant database() {
    return database;
  }

  /** For those who look and are not to be cut off. */
  String kafka() {
    return broker.directBootstrapServers();
  }

  /** For clients. */
  String kafkaEntrance() {
    return broker.bootstrapServers();
  }

  Path directory() {
    return directory;
  }

  /** Waits until everybody serves. */
  void awaitServing() {
    await()
        .atMost(READY_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          for (var each : inhabitants.entrySet()) {
            if (!each.getValue().serves()) {
              throw new AssertionError(
                  "%s does not serve; ended by themselves: %s; see %s"
                      .formatted(each.getKey(), endedByThemselves(), directory));
            }
          }
        });
  }

  /** Processes that nobody ended and that have ended. */
  List<String> endedByThemselves() {
    return inhabitants.values().stream().flatMap(one -> one.endedByItself().stream()).toList();
  }

  /** The log and what it stands on last, so that the others can finish. */
  @Override
  public void close() throws Exception {
    var others = new ArrayList<>(inhabitants.values());
    var last = new ArrayList<AutoCloseable>();
    for (Target target : List.of(Target.DB_ADAPTER, Target.BROKER, Target.DATABASE)) {
      Inhabitant found = inhabitants.get(target);
      if (found != null) {
        others.remove(found);
        last.add(found);
      }
    }
    last.addFirst(() -> Closing.atOnce(others));
    Closing.all(last.toArray(AutoCloseable[]::new));
  }
}
