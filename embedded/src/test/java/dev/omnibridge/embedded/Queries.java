// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** What the tests of servers ask them. */
final class Queries {
  private Queries() {}

  static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (var connection = connect(server);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (var connection = connect(server);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }
}
