// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.bridge.Bridge;
import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.embedded.PostgresDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a suite that does not run, which is ended by a signal in the middle. */
class BrokenOffBackupIT {
  @TempDir private Path directory = Path.of("");

  private Path postgres() throws IOException {
    return Files.createDirectories(directory.resolve("data").resolve("postgres")).toRealPath();
  }

  @AfterEach
  void stop() throws IOException {
    EmbeddedPostgres.stopOrphan(postgres());
  }

  private static String asked(EmbeddedPostgres server, String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Another file has the name already, so that the backup waits for what is never archived. */
  private void blockArchive(Path backups) throws IOException, SQLException {
    try (var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(postgres()))) {
      String next = asked(server, "select pg_walfile_name(pg_current_wal_lsn())");
      Path wal = Files.createDirectories(backups.resolve("wal"));
      Files.writeString(wal.resolve(next), "another");
    }
  }

  private static boolean isWaiting(Path backups) throws IOException {
    Path base = backups.resolve("base");
    if (!Files.isDirectory(base)) {
      return false;
    }
    try (var drafts = Files.list(base)) {
      return drafts.anyMatch(
          draft -> Files.exists(draft.resolve("cluster").resolve("backup_label")));
    }
  }

  @Test
  void shouldStopItsServerAndLeaveNoDraftWhenASignalEndsIt() throws Exception {
    Path backups = directory.resolve("backups");
    blockArchive(backups);
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Bridge.class.getName(),
                "backup",
                "--data",
                directory.resolve("data").toString(),
                "--to",
                backups.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("told").toFile())
            .start();
    try {
      await().atMost(Duration.ofMinutes(1)).until(() -> isWaiting(backups));
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(new PostgresDirectory(postgres()).running()).isEmpty();
    assertThat(backups.resolve("base")).isEmptyDirectory();
    try (var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(postgres()))) {
      assertThat(asked(server, "show archive_command")).isEqualTo("true");
    }
    assertThat(directory.resolve("told")).content().contains("Stopping", "It was interrupted.");
  }
}
