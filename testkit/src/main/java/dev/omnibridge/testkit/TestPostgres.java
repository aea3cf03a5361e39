// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The PostgreSQL of this JVM's tests: started when first asked for, stopped with the JVM. Tests
 * keep apart by database, each of which is empty at first. Without fsync, unless the system
 * property `testkit.fsync` is true.
 */
public final class TestPostgres {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private TestPostgres() {}

  /** One empty database and how to reach it. */
  public record Database(
      String host, int port, String user, String password, String name, String jdbcUrl) {

    public Connection connect() throws SQLException {
      return DriverManager.getConnection(jdbcUrl, user, password);
    }
  }

  public static Database freshDatabase() {
    var server = Running.SERVER;
    var name = "test_" + NEXT.incrementAndGet();
    try (var connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        var statement = connection.createStatement()) {
      statement.execute("create database " + name + " strategy file_copy");
    } catch (SQLException failure) {
      throw new IllegalStateException("No test database could be made", failure);
    }
    var url = "jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name);
    return new Database(server.host(), server.port(), server.user(), server.password(), name, url);
  }

  /** Starts the server when it is first touched; the class loader sees to it that it is one. */
  private static final class Running {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      var directory = TestDirectory.create("postgres");
      var server =
          EmbeddedPostgres.start(
              EmbeddedPostgres.Options.in(directory.path())
                  .withFsync(Boolean.getBoolean("testkit.fsync")));
      directory.deleteAtExitAfter(server::close);
      return server;
    }
  }
}
