// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.awaitility.Awaitility.await;

import dev.omnibridge.testkit.TestPostgres.Database;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Waits for servers that somebody else starts. */
final class Serving {
  private static final int TRY_SECONDS = 5;
  private static final Duration POLL = Duration.ofMillis(50);

  private Serving() {}

  /** Returns when the broker answers. */
  static void awaitKafka(String bootstrapServers, Duration limit) {
    var settings =
        Map.<String, Object>of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            100);
    try (var admin = Admin.create(settings)) {
      await("Kafka at " + bootstrapServers)
          .atMost(limit)
          .pollInterval(POLL)
          .until(() -> answers(admin));
    }
  }

  private static boolean answers(Admin admin) throws InterruptedException {
    try {
      return !admin.describeCluster().nodes().get(TRY_SECONDS, TimeUnit.SECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException notYet) {
      return false;
    }
  }

  /** Returns when the database accepts a connection. */
  static void awaitPostgres(Database database, Duration limit) {
    await("PostgreSQL at " + database.jdbcUrl())
        .atMost(limit)
        .pollInterval(POLL)
        .until(() -> accepts(database));
  }

  private static boolean accepts(Database database) {
    var settings = new Properties();
    settings.setProperty("user", database.user());
    settings.setProperty("password", database.password());
    settings.setProperty("connectTimeout", Integer.toString(TRY_SECONDS));
    settings.setProperty("socketTimeout", Integer.toString(TRY_SECONDS));
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), settings)) {
      return connection.isValid(TRY_SECONDS);
    } catch (SQLException notYet) {
      return false;
    }
  }
}
