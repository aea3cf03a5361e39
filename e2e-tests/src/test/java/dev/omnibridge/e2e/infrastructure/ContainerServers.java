// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres.Database;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * Two containers on ports of loopback that stay theirs, so that one that was stopped comes back at
 * its address.
 */
record ContainerServers(PostgreSQLContainer postgres, KafkaContainer broker, Duration limit)
    implements Servers {
  private static final int POSTGRES_PORT = 5432;
  private static final int KAFKA_PORT = 9092;

  /**
   * As the embedded broker has it: the partitions of a killed consumer do not lie idle for long.
   */
  private static final Map<String, String> SESSIONS =
      Map.of(
          "KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "1500",
          "KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "1500",
          "KAFKA_GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS", "6000",
          "KAFKA_GROUP_CONSUMER_SESSION_TIMEOUT_MS", "6000");

  /** A JVM that compiles less serves sooner; it goes to every JVM of the container. */
  private static final String OPTIONS =
      "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC";

  /** Both at once. */
  static ContainerServers start(Duration limit) {
    LeftOvers.remove();
    // With fsync, which the container leaves out unless it is told what to run.
    var postgres =
        at(POSTGRES_PORT, new PostgreSQLContainer(Engine.POSTGRES).withCommand("postgres"));
    var broker =
        at(
            KAFKA_PORT,
            new KafkaContainer(Engine.KAFKA).withEnv(SESSIONS).withEnv("KAFKA_OPTS", OPTIONS));
    postgres.withStartupTimeout(limit);
    broker.withStartupTimeout(limit);
    try {
      Startables.deepStart(postgres, broker).join();
      return new ContainerServers(postgres, broker, limit);
    } catch (RuntimeException failure) {
      postgres.stop();
      broker.stop();
      throw failure;
    }
  }

  private static <C extends GenericContainer<?>> C at(int inside, C container) {
    container.withLabels(OwnerMark.own().labels());
    container.withCreateContainerCmdModifier(command -> {
      var outside = Ports.Binding.bindIpAndPort("127.0.0.1", FreePorts.next());
      var host = command.getHostConfig();
      if (host == null) {
        throw new IllegalStateException("Testcontainers gives no host configuration");
      }
      host.withPortBindings(new PortBinding(outside, ExposedPort.tcp(inside)));
    });
    return container;
  }

  @Override
  public Database freshDatabase() {
    return Databases.create(maintenance());
  }

  private Database maintenance() {
    return new Database(
        postgres.getHost(),
        postgres.getMappedPort(POSTGRES_PORT),
        postgres.getUsername(),
        postgres.getPassword(),
        postgres.getDatabaseName(),
        postgres.getJdbcUrl());
  }

  @Override
  public String kafka() {
    return "%s:%d".formatted(broker.getHost(), broker.getMappedPort(KAFKA_PORT));
  }

  @Override
  public String freshTopicPrefix() {
    return TestKafka.uniquePrefix();
  }

  @Override
  public void stopKafka() {
    kill(broker);
  }

  @Override
  public void startKafka() {
    startAgain(broker);
    Serving.awaitKafka(kafka(), limit);
  }

  @Override
  public void stopPostgres() {
    kill(postgres);
  }

  @Override
  public void startPostgres() {
    startAgain(postgres);
    Serving.awaitPostgres(maintenance(), limit);
  }

  /** Its processes end, its files stay. */
  private static void kill(GenericContainer<?> container) {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  private static void startAgain(GenericContainer<?> container) {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    try {
      broker.stop();
    } finally {
      postgres.stop();
    }
  }
}
