// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.testkit.TestPostgres.Database;
import java.time.Duration;
import java.util.Map;

/** What the environment says about servers that are not embedded. */
record Settings(Map<String, String> environment) {
  private static final String TIMEOUT = "CONTAINER_STARTUP_TIMEOUT";

  /** How long servers may take until they serve; two minutes unless said otherwise. */
  Duration startLimit() {
    return Duration.ofSeconds(positive(TIMEOUT, 120));
  }

  /** Bootstrap servers. */
  String kafka() {
    return required(Choice.KAFKA);
  }

  /** A database of the given server; its user may make others. */
  Database postgres() {
    String host = required(Choice.POSTGRES);
    int port = positive(Choice.POSTGRES_PORT, 5432);
    String name = environment.getOrDefault("PGDATABASE", "omnibridge");
    return new Database(
        host,
        port,
        environment.getOrDefault("PGUSER", "omnibridge"),
        environment.getOrDefault("PGPASSWORD", ""),
        name,
        "jdbc:postgresql://%s:%d/%s".formatted(host, port, name));
  }

  private String required(String name) {
    String value = environment.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is missing; servers of others are named by %s and %s"
              .formatted(name, Choice.KAFKA, Choice.POSTGRES));
    }
    return value;
  }

  private int positive(String name, int otherwise) {
    String value = environment.getOrDefault(name, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!value.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "%s is '%s'; it is a whole number above zero".formatted(name, value));
    }
    return Integer.parseInt(value);
  }
}
