// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.testkit.TestPostgres.Database;
import java.sql.SQLException;
import java.util.UUID;

/** Makes databases on a server that is reached through one it has, and drops them again. */
final class Databases {
  private Databases() {}

  /** An empty database with a name that nobody else uses. */
  static Database create(Database maintenance) {
    String name = "story_" + UUID.randomUUID().toString().replace("-", "");
    execute(maintenance, "create database " + name);
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(maintenance.host(), maintenance.port(), name);
    return new Database(
        maintenance.host(),
        maintenance.port(),
        maintenance.user(),
        maintenance.password(),
        name,
        url);
  }

  /** Takes it away, together with the connections that it still has. */
  static void drop(Database maintenance, Database made) {
    execute(maintenance, "drop database if exists " + made.name() + " with (force)");
  }

  private static void execute(Database maintenance, String sql) {
    try (var connection = maintenance.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failure) {
      throw new IllegalStateException(sql + " failed", failure);
    }
  }
}
