// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.testkit.FaultProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A PostgreSQL with fsync on, for the services behind its entrance. */
final class DatabaseInhabitant implements Inhabitant {
  private final Path directory;
  private final FaultProxy entrance;
  private final List<String> ends = new ArrayList<>();
  private EmbeddedPostgres server;

  DatabaseInhabitant(Path directory) {
    this.directory = directory;
    this.server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(directory));
    this.entrance = FaultProxy.to(server.port());
  }

  String user() {
    return server.user();
  }

  String password() {
    return server.password();
  }

  String database() {
    return server.database();
  }

  /** Not through the entrance. */
  Connection connect() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "60");
    return DriverManager.getConnection(server.jdbcUrl(), properties);
  }

  @Override
  public void kill() {
    note();
    server.kill();
    server.close();
  }

  @Override
  public void terminate() {
    note();
    server.close();
  }

  @Override
  public void start() {
    server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(directory).withPort(server.port()));
  }

  @Override
  public void pause() throws Exception {
    note();
    Signals.stop(ProcessHandle.of(server.pid()).orElseThrow());
  }

  @Override
  public void wake() throws Exception {
    Signals.goOn(ProcessHandle.of(server.pid()).orElseThrow());
  }

  @Override
  public boolean serves() {
    note();
    try (var connection = connect()) {
      return connection.isValid(5);
    } catch (SQLException notYet) {
      return false;
    }
  }

  private void note() {
    if (!server.isRunning() && ends.isEmpty()) {
      ends.add("the database ended by itself, seen at " + Instant.now());
    }
  }

  @Override
  public FaultProxy entrance() {
    return entrance;
  }

  @Override
  public List<String> endedByItself() {
    note();
    return List.copyOf(ends);
  }

  @Override
  public void close() {
    server.close();
    entrance.close();
  }
}
