// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.Queries.execute;

import dev.omnibridge.embedded.EmbeddedPostgres.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;

/**
 * The data of a server that is made once for the tests of this JVM, and is there for each of them
 * as a copy: to make it takes longer than most of what they look at.
 */
public final class PreparedData {
  private PreparedData() {}

  /** The directory, as if a server had been made in it that was never used, and left no log. */
  public static Path in(Path directory) throws IOException {
    var made = Made.ONCE;
    var from = new PostgresCluster(made).data();
    var to = new PostgresCluster(directory).data();
    Files.setOwner(directory, Files.getOwner(made));
    try (var files = Files.walk(from)) {
      for (var file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return directory;
  }

  /** The class loader sees to it that it is one. */
  private static final class Made {
    static final Path ONCE = make();

    private static Path make() {
      try {
        var directory = Files.createTempDirectory("omnibridge-prepared-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        try (var server = EmbeddedPostgres.start(Options.in(directory))) {
          dropUnused(server);
        }
        return directory;
      } catch (IOException | SQLException failure) {
        throw new IllegalStateException(failure);
      }
    }

    /** Half of the files, each of which every copy, every backup and every restore would have. */
    private static void dropUnused(EmbeddedPostgres server) throws SQLException {
      execute(server, "drop database postgres");
      execute(server, "alter database template0 is_template false");
      execute(server, "drop database template0");
    }

    private static void delete(Path directory) {
      try {
        Directories.delete(directory);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
