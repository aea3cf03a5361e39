// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.FAILED;

import dev.omnibridge.embedded.PostgresDirectory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** What a backup says to PostgreSQL, in one session. */
final class Archiving {
  private static final Duration SETTING_LIMIT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** What a server without a backup is started with. */
  private static final String NOWHERE = "true";

  private static final int TIMELINE_DIGITS = 8;
  private static final int HEX = 16;

  private static final String START =
      """
      select lsn::text, pg_walfile_name(lsn),
             (select timeline_id from pg_control_checkpoint()) as timeline
        from pg_backup_start(?, true) as lsn
      """;

  private static final String STOP =
      """
      select lsn::text, pg_walfile_name(lsn), labelfile, clock_timestamp()
        from pg_backup_stop(false)
      """;

  private static final String FAILURES =
      """
      select coalesce(last_failed_wal, ''), last_failed_time > now() - interval '1 minute'
        from pg_stat_archiver
      """;

  private final Connection connection;

  /** A place in the log, and the file that has it. */
  record Place(String lsn, String wal, long timeline) {}

  /** The end of a backup: where, what tells a recovery of it, and when by the server's clock. */
  record End(Place place, byte[] label, Instant at) {}

  /** The command, and how old what is not archived may become. */
  record Setting(String command, String every) {}

  Archiving(Connection connection) {
    this.connection = connection;
  }

  static Connection connect(PostgresDirectory.Address server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  /** From now on, and after every restart, the server archives there. */
  void into(BackupArea area, Duration every) throws SQLException {
    fromNextStart(area, every);
    fromNow(area);
  }

  /** The server archives there after its next start; until then it goes on as it does. */
  void fromNextStart(BackupArea area, Duration every) throws SQLException {
    if (!text("show archive_mode").equals("on")) {
      throw new BackupException(
          FAILED,
          "The server was started without archive_mode = on, which only a start can change; stop it"
              + " and start it again");
    }
    set("archive_command", area.archiveCommand());
    set("archive_timeout", Math.max(1, every.toSeconds()) + "s");
  }

  /** What it is to do from its next start on, it does already now. */
  void fromNow(BackupArea area) throws SQLException {
    String unused = text("select pg_reload_conf()");
    awaitSetting("archive_command", area.archiveCommand());
  }

  private void set(String name, String value) throws SQLException {
    try (var statement = connection.createStatement()) {
      boolean unused =
          statement.execute("alter system set %s = '%s'".formatted(name, value.replace("'", "''")));
    }
  }

  /** Where the server archives now. */
  Setting setting() throws SQLException {
    return new Setting(
        text("show archive_command"),
        text("select setting || 's' from pg_settings where name = 'archive_timeout'"));
  }

  /** As it was before {@link #into}. */
  void putBack(Setting before) throws SQLException {
    if (before.command().equals(NOWHERE)) {
      try (var statement = connection.createStatement()) {
        boolean unused = statement.execute("alter system reset archive_command");
        unused = statement.execute("alter system reset archive_timeout");
      }
    } else {
      set("archive_command", before.command());
      set("archive_timeout", before.every());
    }
    String unused = text("select pg_reload_conf()");
  }

  private void awaitSetting(String name, String value) throws SQLException {
    long began = System.nanoTime();
    while (!text("select current_setting('%s')".formatted(name)).equals(value)) {
      if (System.nanoTime() - began > SETTING_LIMIT.toNanos()) {
        throw new BackupException(FAILED, "PostgreSQL does not take %s over".formatted(name));
      }
      pause(PAUSE);
    }
  }

  void refuseTablespaces() throws SQLException {
    String others =
        text(
            """
            select coalesce(string_agg(spcname, ', '), '') from pg_tablespace
             where spcname not in ('pg_default', 'pg_global')
            """);
    if (!others.isEmpty()) {
      throw new BackupException(
          FAILED,
          "The database has tablespaces outside its directory (%s), which are not backed up; save it"
                  .formatted(others)
              + " with PostgreSQL's own tools");
    }
  }

  Place start(String label) throws SQLException {
    try (var statement = connection.prepareStatement(START)) {
      statement.setString(1, label);
      try (ResultSet row = statement.executeQuery()) {
        next(row);
        return new Place(row.getString(1), row.getString(2), row.getLong(3));
      }
    }
  }

  End stop() throws SQLException {
    try (var statement = connection.prepareStatement(STOP);
        ResultSet row = statement.executeQuery()) {
      next(row);
      return new End(
          new Place(row.getString(1), row.getString(2), 0),
          row.getString(3).getBytes(StandardCharsets.UTF_8),
          row.getTimestamp(4).toInstant());
    }
  }

  /** Without the WAL up to its end, a backup is none. */
  void awaitArchived(WalArchive archive, String file, Duration limit) throws SQLException {
    long began = System.nanoTime();
    while (!archive.has(file)) {
      boolean failing = false;
      try (var statement = connection.createStatement();
          ResultSet row = statement.executeQuery(FAILURES)) {
        next(row);
        failing = row.getBoolean(2);
      }
      if (System.nanoTime() - began > limit.toNanos()) {
        throw new BackupException(
            FAILED,
            "The WAL file %s does not come into the archive%s"
                .formatted(file, failing ? "; the server's log says why" : ""));
      }
      pause(PAUSE);
    }
  }

  /** An interrupt ends the waiting, and has no effect on what is put back for it. */
  static void pause(Duration length) {
    LockSupport.parkNanos(length.toNanos());
    if (Thread.interrupted()) {
      throw new BackupException(FAILED, "It was interrupted");
    }
  }

  /** Of what is written now; the control file learns of a new one a little later. */
  long timeline() throws SQLException {
    return Long.parseLong(
        text("select pg_walfile_name(pg_current_wal_lsn())").substring(0, TIMELINE_DIGITS), HEX);
  }

  String text(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      next(row);
      return String.valueOf(row.getString(1));
    }
  }

  private static void next(ResultSet row) throws SQLException {
    if (!row.next()) {
      throw new SQLException("no row");
    }
  }
}
