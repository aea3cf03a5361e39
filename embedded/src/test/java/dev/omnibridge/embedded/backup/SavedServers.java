// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.embedded.EmbeddedPostgres.Options;
import dev.omnibridge.embedded.PostgresDirectory;
import dev.omnibridge.embedded.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the tests of backups do to real servers; names with blanks, because people have them. */
interface SavedServers {
  Duration ARCHIVE_LIMIT = Duration.ofMinutes(1);
  String MORE = "insert into t select generate_series(1, 1000)";

  /** The directory of one test. */
  Path root();

  default PostgresDirectory source() throws IOException {
    return new PostgresDirectory(
        Files.createDirectories(root().resolve("the data").resolve("postgres")).toRealPath());
  }

  default BackupArea area() {
    return new BackupArea(root().resolve("the backups"));
  }

  /** Where the first one runs. */
  default EmbeddedPostgres begin() throws IOException {
    return EmbeddedPostgres.start(Options.in(PreparedData.in(source().home())));
  }

  default EmbeddedPostgres start(PostgresDirectory at) {
    return EmbeddedPostgres.start(Options.in(at.home()));
  }

  default Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  default void run(EmbeddedPostgres server, String... statements) throws SQLException {
    try (var connection = connect(server);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        boolean unused = statement.execute(sql);
      }
    }
  }

  default long rows(EmbeddedPostgres server) throws SQLException {
    try (var connection = connect(server);
        var row = connection.createStatement().executeQuery("select count(*) from t")) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }

  default SavedBackup save(EmbeddedPostgres server) throws IOException {
    return new BaseBackup(area(), source(), Duration.ofSeconds(30), (_, _) -> {})
        .make(Recovery.addressOf(server));
  }

  default Recovery into(PostgresDirectory target) {
    return new Recovery(area(), target, (_, _) -> {}, _ -> {});
  }

  default Recovery.Order order(SavedBackup backup, Optional<Instant> to, boolean force) {
    return new Recovery.Order(backup, to, force, Optional.empty(), Duration.ofMinutes(2));
  }

  default Recovery.Restored restore(SavedBackup backup, Optional<Instant> to, boolean force)
      throws IOException {
    Recovery recovery = into(source());
    var restored = recovery.run(order(backup, to, force));
    recovery.finish(restored);
    return restored;
  }

  default List<String> archived() throws IOException {
    try (var files = Files.list(area().walDirectory())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** The file that it writes to. */
  default String lastWal(EmbeddedPostgres server) throws SQLException {
    try (var connection = connect(server)) {
      return new Archiving(connection).text("select pg_walfile_name(pg_current_wal_lsn())");
    }
  }

  /** Everything that was written until now. */
  default void awaitArchived(EmbeddedPostgres server) throws SQLException {
    try (var connection = connect(server)) {
      String last = new Archiving(connection).text("select pg_walfile_name(pg_switch_wal())");
      await().atMost(ARCHIVE_LIMIT).until(() -> area().wal().has(last));
    }
  }

  /** Until the next restore puts the script back: as if the archive could not keep up. */
  default void stopArchiving() throws IOException {
    Files.delete(area().root().resolve("archive-wal.sh"));
  }
}
