// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.DAMAGED;
import static dev.omnibridge.embedded.backup.BackupException.Reason.FAILED;

import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.embedded.EmbeddedServerException;
import dev.omnibridge.embedded.PostgresDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Restores a base backup and replays the WAL after it: to the end of what there is, or to a time.
 * The server that comes out of it has begun a new timeline and runs; it is to be closed.
 */
public final class Recovery {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT);

  /** WAL is kept, and not yet archived anywhere. */
  private static final String NOT_YET = "";

  private static final String STATE =
      """
      select pg_is_in_recovery(), pg_last_wal_replay_lsn()::text, pg_last_xact_replay_timestamp()
      """;

  /**
   * What is to be restored.
   *
   * @param to no transaction after this time; empty for all there are
   * @param mayMoveAside data that is there may be moved aside
   * @param lostWal the pg_wal of the lost server, where it is not among the data that is there
   * @param limit how long the replay may take
   */
  public record Order(
      SavedBackup backup,
      Optional<Instant> to,
      boolean mayMoveAside,
      Optional<Path> lostWal,
      Duration limit) {}

  /**
   * What it was restored to.
   *
   * @param lsn where the replay ended
   * @param lastCommit time of the last transaction that was replayed; null when there was none
   * @param timeline the new one
   * @param archivedWal how many archived files there were from the base backup on
   * @param missingWal the archived file that is missing and ended the replay; empty when none is
   * @param savedWal how many files of the lost server's disk led there that the archive had not got
   * @param movedAside where the data of before is
   * @param archiving whether the server archives again where it did, once it is finished
   */
  public record Restored(
      EmbeddedPostgres server,
      SavedBackup backup,
      String lsn,
      @Nullable Instant lastCommit,
      long timeline,
      int archivedWal,
      String missingWal,
      int savedWal,
      Optional<Path> movedAside,
      boolean archiving) {}

  /** Where a replay ended, and the timeline that began there. */
  private record End(String lsn, @Nullable Instant lastCommit, long timeline) {}

  private final BackupArea area;
  private final PostgresDirectory target;
  private final BaseBackup.Progress progress;
  private final Consumer<String> replayed;

  /** Replayed hears from time to time how far the replay has come. */
  public Recovery(
      BackupArea area,
      PostgresDirectory target,
      BaseBackup.Progress progress,
      Consumer<String> replayed) {
    this.area = area;
    this.target = target;
    this.progress = progress;
    this.replayed = replayed;
  }

  /**
   * Restores. Until {@link #finish} the server does not archive, and nobody else starts one on the
   * data.
   *
   * @throws BackupException when there is no server with the data afterwards
   */
  public Restored run(Order order) {
    try (var _ = area.lock()) {
      area.writeScripts();
      var placing = new Restore(area, order.backup(), target, progress);
      var placed = placing.place(order.mayMoveAside(), order.lostWal());
      boolean done = false;
      try {
        Restored restored = replayed(order, placed);
        done = true;
        return restored;
      } finally {
        if (!done) {
          new UnfinishedRestore(target).takeBack();
        }
      }
    } catch (IOException | SQLException failure) {
      throw new BackupException(FAILED, "The restore failed: " + failure, failure);
    }
  }

  private Restored replayed(Order order, Restore.Placed placed) throws IOException, SQLException {
    EmbeddedPostgres server = start(order);
    boolean done = false;
    try {
      Restored restored = promoted(server, order, placed);
      if (restored.archiving()) {
        Path log = target.cluster().resolve("pg_wal");
        placed.lost().leaveToArchive(area.wal(), log, restored.timeline());
      }
      done = true;
      return restored;
    } finally {
      if (!done) {
        server.close();
      }
    }
  }

  private EmbeddedPostgres start(Order order) {
    var settings = new HashMap<String, String>();
    settings.put("restore_command", area.restoreCommand());
    settings.put("archive_command", NOT_YET);
    settings.put("recovery_target_action", "promote");
    settings.put("recovery_target_timeline", "latest");
    order
        .to()
        .ifPresent(time ->
            settings.put("recovery_target_time", TIME.format(time.atOffset(ZoneOffset.UTC))));
    try {
      return EmbeddedPostgres.start(
          EmbeddedPostgres.Options.in(target.home())
              .asRestore()
              .withStartLimit(order.limit())
              .withSettings(Map.copyOf(settings)));
    } catch (EmbeddedServerException failure) {
      throw failed(failure);
    }
  }

  private Restored promoted(EmbeddedPostgres server, Order order, Restore.Placed placed)
      throws IOException, SQLException {
    long began = System.nanoTime();
    try (Connection connection = Archiving.connect(addressOf(server))) {
      while (true) {
        try (var statement = connection.createStatement();
            ResultSet row = statement.executeQuery(STATE)) {
          if (!row.next()) {
            throw new SQLException("no row");
          }
          String lsn = row.getString(2);
          if (!row.getBoolean(1)) {
            Timestamp last = row.getTimestamp(3);
            return restored(
                server,
                order,
                placed,
                new End(
                    lsn,
                    last == null ? null : last.toInstant(),
                    new Archiving(connection).timeline()));
          }
          replayed.accept(lsn);
        }
        if (System.nanoTime() - began > order.limit().toNanos()) {
          throw new BackupException(FAILED, "The replay was not done within " + order.limit());
        }
        Archiving.pause(PAUSE);
      }
    } catch (SQLException failure) {
      if (hasEnded(server)) {
        throw failed(failure);
      }
      throw failure;
    }
  }

  private Restored restored(EmbeddedPostgres server, Order order, Restore.Placed placed, End end)
      throws IOException {
    Path log = target.cluster().resolve("pg_wal");
    String first = order.backup().startWal();
    List<String> saved = placed.lost().readBy(first, Timelines.to(log, end.timeline()));
    WalArchive.Coverage wal =
        area.wal().from(first, Timelines.followedBy(log, end.timeline()), saved);
    return new Restored(
        server,
        order.backup(),
        end.lsn(),
        end.lastCommit(),
        end.timeline(),
        wal.files(),
        // PostgreSQL fails where the log ends before a time that was asked for.
        order.to().isPresent() ? "" : wal.missing().orElse(""),
        saved.size(),
        placed.movedAside(),
        order.backup().data().equals(target.home().toString()));
  }

  /** A server whose recovery fails drops its connections, and ends a little later. */
  private static boolean hasEnded(EmbeddedPostgres server) {
    long began = System.nanoTime();
    while (server.isRunning() && System.nanoTime() - began < END_LIMIT.toNanos()) {
      Archiving.pause(PAUSE);
    }
    return !server.isRunning();
  }

  /**
   * The restored data may be used. In its old place it archives again; a copy elsewhere does not,
   * which would be in the middle of the original's archive.
   *
   * <p>Nothing is archived before the restore is finished: once the archive has a file of the new
   * timeline, every later recovery follows that, and would leave out what a restore that is taken
   * back left out. Killed in between, it archives from its next start on.
   *
   * @throws BackupException when it may not, yet: then it is to be restored again; or when it may,
   *     and archives only after its next start
   */
  public void finish(Restored restored) {
    boolean free = false;
    try (Connection connection = Archiving.connect(addressOf(restored.server()))) {
      var archiving = new Archiving(connection);
      if (restored.archiving()) {
        archiving.fromNextStart(area, ArchiveSettings.every(area.files(restored.backup())));
      }
      new UnfinishedRestore(target).end();
      free = true;
      if (restored.archiving()) {
        archiving.fromNow(area);
      }
    } catch (IOException | SQLException | BackupException failure) {
      String how =
          free
              ? "The database is restored and free for use, but archives only from its next start"
                  + " on (%s)"
              : "The database is restored, but could not be set free for use (%s); restore again";
      throw new BackupException(FAILED, how.formatted(failure.getMessage()), failure);
    }
  }

  static PostgresDirectory.Address addressOf(EmbeddedPostgres server) {
    return new PostgresDirectory.Address(server.port(), server.user(), server.password());
  }

  /** PostgreSQL says in its log why a recovery ended. */
  private BackupException failed(Exception failure) {
    String why = String.valueOf(failure.getMessage());
    try {
      List<String> lines = Files.readAllLines(target.log());
      why =
          lines.stream()
              .filter(line -> line.contains("FATAL:") || line.contains("PANIC:"))
              .filter(line -> !line.contains("the database system is"))
              .reduce((_, last) -> last)
              .orElse(why);
    } catch (IOException unreadable) {
      failure.addSuppressed(unreadable);
    }
    boolean early = why.contains("recovery ended before configured recovery target");
    return new BackupException(
        early ? DAMAGED : FAILED,
        early
            ? "The archive ends before the time asked for; restore to an earlier time, or to its end"
            : "The recovery failed: " + why,
        failure);
  }
}
