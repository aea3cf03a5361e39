// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What a suite is started with.
 *
 * @param data directory that is kept; made if it is not there
 * @param host address that the gRPC services listen on
 * @param port of the gRPC services; 0 for a free one
 * @param postgresPort 0 for a free one
 * @param kafkaPort 0 for a free one
 * @param fsync false only where losing the data in a crash of the machine does not matter
 * @param startLimit how long each part may take to start
 * @param environment variables that the services read, besides those the suite sets itself
 */
public record SuiteOptions(
    Path data,
    String host,
    int port,
    int postgresPort,
    int kafkaPort,
    boolean fsync,
    Duration startLimit,
    Map<String, String> environment) {

  private static final String HOST = "127.0.0.1";

  /** On a directory, on loopback, with free ports, fsync and the services' defaults. */
  public static SuiteOptions in(Path data) {
    return new SuiteOptions(data, HOST, 0, 0, 0, true, Duration.ofSeconds(60), Map.of());
  }

  public SuiteOptions withHost(String chosen) {
    return new SuiteOptions(
        data, chosen, port, postgresPort, kafkaPort, fsync, startLimit, environment);
  }

  public SuiteOptions withPort(int chosen) {
    return new SuiteOptions(
        data, host, chosen, postgresPort, kafkaPort, fsync, startLimit, environment);
  }

  public SuiteOptions withPostgresPort(int chosen) {
    return new SuiteOptions(data, host, port, chosen, kafkaPort, fsync, startLimit, environment);
  }

  public SuiteOptions withKafkaPort(int chosen) {
    return new SuiteOptions(data, host, port, postgresPort, chosen, fsync, startLimit, environment);
  }

  public SuiteOptions withFsync(boolean chosen) {
    return new SuiteOptions(
        data, host, port, postgresPort, kafkaPort, chosen, startLimit, environment);
  }

  public SuiteOptions withEnvironment(Map<String, String> chosen) {
    return new SuiteOptions(data, host, port, postgresPort, kafkaPort, fsync, startLimit, chosen);
  }
}
