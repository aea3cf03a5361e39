// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;

/** A PostgreSQL of a test's own, with fsync, that is killed and comes back at the same address. */
final class OwnPostgres implements AutoCloseable {
  private final Path directory;
  private EmbeddedPostgres server;

  OwnPostgres(Path directory) {
    this.directory = directory;
    this.server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(directory));
  }

  TestPostgres.Database database() {
    return new TestPostgres.Database(
        server.host(),
        server.port(),
        server.user(),
        server.password(),
        server.database(),
        server.jdbcUrl());
  }

  /** SIGKILL for the first process and all its children. */
  void kill() {
    server.kill();
  }

  boolean isRunning() {
    return server.isRunning();
  }

  /** Returns when it takes connections. */
  void startAgain() {
    int port = server.port();
    server.close();
    server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(directory).withPort(port));
  }

  @Override
  public void close() {
    server.close();
  }
}
