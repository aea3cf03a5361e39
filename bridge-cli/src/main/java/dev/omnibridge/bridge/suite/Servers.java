// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.embedded.FreePorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The PostgreSQL and the Kafka broker of one data directory, kept and found again: under a suite,
 * or alone for services that run as processes of their own. Blocks, so it is for plain threads.
 */
public final class Servers implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  /** Lines for a shell, in the data directory unless another file is chosen. */
  public static final String ENVIRONMENT_FILE = "servers.env";

  /** The first line of the file, by which bin/run-service sees whether it is left over. */
  private static final String WRITER = "# process %d%n";

  private final Steps steps;
  private final EmbeddedPostgres postgres;
  private final KafkaSide kafka;
  private final String kafkaAddress;

  private Servers(Steps steps, EmbeddedPostgres postgres, KafkaSide kafka, String kafkaAddress) {
    this.steps = steps;
    this.postgres = postgres;
    this.kafka = kafka;
    this.kafkaAddress = kafkaAddress;
  }

  /**
   * Both, serving; where they are is also written to a file of lines for a shell, which only its
   * owner can read, and which goes when they stop.
   */
  public static Servers start(SuiteOptions options, Path environmentFile) {
    return Steps.start(
        options.data(),
        "The servers",
        (data, steps) -> {
          Servers servers = open(options, data, steps);
          servers.kafka.begin();
          EmbeddedKafka unused = servers.kafka.await(options.startLimit().plusSeconds(10));
          String file = WRITER.formatted(ProcessHandle.current().pid()) + servers.exports();
          OwnerFile.write(environmentFile, file.getBytes(StandardCharsets.UTF_8));
          steps.onClose("environment file", () -> Files.deleteIfExists(environmentFile));
          return servers;
        });
  }

  /**
   * PostgreSQL serves, Kafka is still to be begun; both are stopped by the steps. The database's
   * lock on its directory guards the whole data directory against a second owner.
   */
  static Servers open(SuiteOptions options, Path data, Steps steps) {
    var postgres =
        EmbeddedPostgres.start(
            EmbeddedPostgres.Options.in(data.resolve("postgres"))
                .withPort(options.postgresPort())
                .withFsync(options.fsync())
                .withStartLimit(options.startLimit()));
    steps.onClose("PostgreSQL", postgres::close);
    int port = options.kafkaPort() == 0 ? FreePorts.next() : options.kafkaPort();
    var kafka =
        new KafkaSide(
            EmbeddedKafka.Options.in(data.resolve("kafka"))
                .withPort(port)
                .withStartLimit(options.startLimit()));
    steps.onClose("Kafka", kafka::close);
    return new Servers(steps, postgres, kafka, HOST + ":" + port);
  }

  /** The database server. */
  public EmbeddedPostgres postgres() {
    return postgres;
  }

  KafkaSide kafka() {
    return kafka;
  }

  /** Where Kafka is, or will be. */
  public String kafkaAddress() {
    return kafkaAddress;
  }

  /** The variables by which services find both, the password included. */
  public Map<String, String> environment() {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", kafkaAddress,
        "PGHOST", postgres.host(),
        "PGPORT", Integer.toString(postgres.port()),
        "PGUSER", postgres.user(),
        "PGPASSWORD", postgres.password(),
        "PGDATABASE", postgres.database());
  }

  /** The same as lines for a shell. */
  public String exports() {
    return new TreeMap<>(environment())
        .entrySet().stream()
            .map(one -> "export %s='%s'%n".formatted(one.getKey(), one.getValue()))
            .collect(Collectors.joining());
  }

  /**
   * Stops the broker, then the database. Whoever calls it meanwhile waits: a signal that comes then
   * must not end the process in the middle. Does nothing the second time.
   */
  @Override
  public synchronized void close() {
    steps.close();
  }
}
