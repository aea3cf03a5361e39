// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.FAILED;
import static dev.omnibridge.embedded.backup.BackupException.Reason.IN_THE_WAY;
import static dev.omnibridge.embedded.backup.BackupException.Reason.NO_ROOM;

import dev.omnibridge.embedded.PostgresDirectory;
import dev.omnibridge.embedded.Uninterrupted;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Makes a base backup of a running server, and sees to it that from then on the server archives its
 * WAL beside it. A backup is there complete, with all the WAL that it needs, or not at all.
 */
public final class BaseBackup {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT);
  private static final String DRAFT = ".draft-";
  private static final long SPARE_BYTES = 64L << 20;
  private static final Duration ARCHIVE_LIMIT = Duration.ofMinutes(5);

  private final BackupArea area;
  private final PostgresDirectory source;
  private final Duration archiveEvery;
  private final Progress progress;

  /** Hears how far the work has come. */
  public interface Progress {
    void copied(long bytes, long total);
  }

  /** Archives what was not full yet as often as is said, in whole seconds. */
  public BaseBackup(
      BackupArea area, PostgresDirectory source, Duration archiveEvery, Progress progress) {
    this.area = area;
    this.source = source;
    this.archiveEvery = archiveEvery;
    this.progress = progress;
  }

  /**
   * Makes one.
   *
   * @throws BackupException when it was not made; then nothing of it is left
   */
  public SavedBackup make(PostgresDirectory.Address server) {
    try {
      area.prepare(source.cluster());
      try (var _ = area.lock();
          Connection connection = Archiving.connect(server)) {
        removeDrafts();
        refuseUnfinishedOrForeign();
        refuseWithoutRoom();
        return archived(connection);
      }
    } catch (FileSystemException failure) {
      throw noRoomOr(failure);
    } catch (IOException | SQLException failure) {
      throw new BackupException(
          FAILED, "The backup was not made: " + failure.getMessage(), failure);
    }
  }

  /** Without the backup, the server archives where it did. */
  private SavedBackup archived(Connection connection) throws IOException, SQLException {
    var archiving = new Archiving(connection);
    Archiving.Setting before = archiving.setting();
    try {
      archiving.into(area, archiveEvery);
      return make(connection);
    } catch (IOException | SQLException | RuntimeException failure) {
      try {
        if (!before.command().equals(area.archiveCommand())) {
          archiving.putBack(before);
        }
      } catch (SQLException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  /** Two servers' logs in one archive would make both worthless. */
  private void refuseUnfinishedOrForeign() {
    if (Files.exists(source.unfinishedRestore())) {
      throw new BackupException(
          IN_THE_WAY,
          "A restore into %s was not finished; restore again first".formatted(source.home()));
    }
    String home = source.home().toString();
    for (SavedBackup other : area.backups()) {
      if (!other.data().equals(home)) {
        throw new BackupException(
            IN_THE_WAY,
            "%s has backups of %s, and takes none of %s; choose another directory"
                .formatted(area.root(), other.data(), home));
      }
    }
  }

  private BackupException noRoomOr(FileSystemException failure) {
    String why = String.valueOf(failure.getReason());
    return why.contains("No space") || why.contains("quota")
        ? new BackupException(NO_ROOM, "The disk of %s is full".formatted(area.root()), failure)
        : new BackupException(FAILED, "The backup was not made: " + failure, failure);
  }

  private void refuseWithoutRoom() throws IOException {
    long needed = ClusterFiles.size(source.cluster()) + SPARE_BYTES;
    long free = Files.getFileStore(area.root()).getUsableSpace();
    if (free < needed) {
      throw new BackupException(
          NO_ROOM,
          "A backup takes about %d MiB, and %s has %d MiB free; make room or choose another place"
              .formatted(needed >> 20, area.root(), free >> 20));
    }
  }

  /** What a backup that was killed has left. */
  private void removeDrafts() throws IOException {
    List<Path> drafts = new ArrayList<>();
    try (var found = Files.newDirectoryStream(area.base(), DRAFT + "*")) {
      found.forEach(drafts::add);
    }
    for (Path draft : drafts) {
      Trees.delete(draft);
    }
  }

  private SavedBackup make(Connection connection) throws IOException, SQLException {
    Instant began = Instant.now();
    String id = NAME.format(began.atOffset(ZoneOffset.UTC));
    Path draft = Files.createDirectory(area.base().resolve(DRAFT + id));
    boolean complete = false;
    try {
      var archiving = new Archiving(connection);
      archiving.refuseTablespaces();
      Archiving.Place start = archiving.start("omnibridge " + id);
      Path copy = draft.resolve("cluster");
      List<SavedFile> files = new ArrayList<>(ClusterFiles.copy(source.cluster(), copy, meter()));
      Archiving.End end = archiving.stop();
      Durably.write(copy.resolve("backup_label"), end.label());
      files.add(SavedFile.read(copy.resolve("backup_label"), "backup_label", _ -> {}));
      archiving.awaitArchived(area.wal(), end.place().wal(), ARCHIVE_LIMIT);
      var manifest = new Manifest(files, start.timeline(), start.lsn(), end.place().lsn());
      Durably.write(copy.resolve(Manifest.NAME), manifest.text());
      var saved =
          new SavedBackup(
              id,
              began.toEpochMilli(),
              end.at().toEpochMilli(),
              start.lsn(),
              end.place().lsn(),
              start.wal(),
              end.place().wal(),
              source.major(),
              files.size(),
              files.stream().mapToLong(SavedFile::size).sum(),
              source.home().toString());
      Durably.write(draft.resolve(SavedBackup.FILE), saved.json());
      Durably.syncTree(draft);
      Uninterrupted.run(() -> Durably.rename(draft, area.base().resolve(id)));
      complete = true;
      return saved;
    } finally {
      if (!complete) {
        Trees.delete(draft);
      }
    }
  }

  private SavedFile.Meter meter() throws IOException {
    long total = ClusterFiles.size(source.cluster());
    long[] done = {0};
    LongConsumer count = bytes -> progress.copied(done[0] += bytes, total);
    return count::accept;
  }

  /** What was removed. */
  public record Removed(List<String> backups, int walFiles) {}

  /** Keeps the youngest backups, and of the WAL what these need. */
  public static Removed keep(BackupArea area, int youngest) {
    try (var _ = area.lock()) {
      List<SavedBackup> all = area.backups();
      List<SavedBackup> old = all.subList(0, Math.max(0, all.size() - youngest));
      for (SavedBackup one : old) {
        Files.delete(area.directory(one).resolve(SavedBackup.FILE));
        Trees.delete(area.directory(one));
      }
      // After a restore to a time, the oldest backup need not be the one that begins first.
      OptionalLong first =
          area.backups().stream().mapToLong(one -> WalArchive.place(one.startWal())).min();
      int files = first.isEmpty() ? 0 : area.wal().removeBefore(first.getAsLong());
      return new Removed(old.stream().map(SavedBackup::id).toList(), files);
    } catch (IOException failure) {
      throw new BackupException(
          FAILED, "Old backups in %s could not be removed".formatted(area.root()), failure);
    }
  }
}
