// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The directory of an embedded server as those see it who save or restore its files: where they
 * are, and how to reach a server that runs on them, whichever process started it.
 */
public record PostgresDirectory(Path home) {
  /** In the pid file, which is the server's own. */
  private static final int PORT_LINE = 3;

  /** How to reach a server as its owner. */
  public record Address(int port, String user, String password) {
    public String jdbcUrl() {
      return "jdbc:postgresql://127.0.0.1:%d/%s?loginTimeout=10"
          .formatted(port, PostgresCluster.NAME);
    }
  }

  /** The data directory in PostgreSQL's sense. */
  public Path cluster() {
    return new PostgresCluster(home).data();
  }

  /** What the server writes about itself. */
  public Path log() {
    return new PostgresCluster(home).log();
  }

  /** It is there from a restore's first change to the data until the restored data may be used. */
  public Path unfinishedRestore() {
    return home.resolve("restore.unfinished");
  }

  /** Whether a server was ever made here. */
  public boolean hasData() {
    return new PostgresCluster(home).exists();
  }

  /** The major version of the data. */
  public int major() throws IOException {
    return Integer.parseInt(Files.readString(cluster().resolve("PG_VERSION")).strip());
  }

  /** The server that runs on the data right now. */
  public Optional<Address> running() throws IOException {
    if (!hasData() || Postmaster.of(cluster()).isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(cluster().resolve("postmaster.pid"));
    return lines.size() <= PORT_LINE
        ? Optional.empty()
        : Optional.of(
            new Address(
                Integer.parseInt(lines.get(PORT_LINE).strip()),
                PostgresCluster.NAME,
                new PostgresCluster(home).password()));
  }
}
