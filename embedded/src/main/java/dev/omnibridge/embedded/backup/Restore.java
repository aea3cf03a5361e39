// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.DAMAGED;
import static dev.omnibridge.embedded.backup.BackupException.Reason.IN_THE_WAY;
import static dev.omnibridge.embedded.backup.BackupException.Reason.NO_ROOM;

import dev.omnibridge.embedded.PostgresDirectory;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the files of a base backup in the place of a server's data, ready for the recovery that the
 * server's next start makes. Never over data that is there: that is moved aside, if it may be. From
 * then on the restore is unfinished, also when this process is killed.
 */
final class Restore {
  private static final String DRAFT = "cluster.restoring";

  /** Where data of before is, with a number. */
  static final String ASIDE = "cluster.before-restore-";

  private final BackupArea area;
  private final SavedBackup backup;
  private final PostgresDirectory target;
  private final BaseBackup.Progress progress;
  private final UnfinishedRestore unfinished;

  Restore(
      BackupArea area, SavedBackup backup, PostgresDirectory target, BaseBackup.Progress progress) {
    this.area = area;
    this.backup = backup;
    this.target = target;
    this.progress = progress;
    this.unfinished = new UnfinishedRestore(target);
  }

  /**
   * What was done.
   *
   * @param movedAside where the data of before is now
   * @param lost WAL files of the lost server that the archive had not got
   */
  record Placed(Optional<Path> movedAside, LostWal lost) {}

  /** Data of before may be moved aside when that is said; its WAL goes into the recovery. */
  Placed place(boolean mayMoveAside, Optional<Path> lostWal) throws IOException {
    Path home = Files.createDirectories(target.home());
    unfinished.takeBack();
    if (target.running().isPresent()) {
      throw new BackupException(
          IN_THE_WAY, "A PostgreSQL runs on %s; stop it first".formatted(target.cluster()));
    }
    if (target.hasData() && !mayMoveAside) {
      throw new BackupException(
          IN_THE_WAY,
          "There is data in %s; say --force to move it aside, or choose another directory"
              .formatted(target.cluster()));
    }
    refuseWithoutRoom(home);
    Path draft = home.resolve(DRAFT);
    Trees.delete(draft);
    Optional<Path> aside = target.hasData() ? Optional.of(unused(home)) : Optional.empty();
    boolean done = false;
    try {
      copy(draft);
      ArchiveSettings.remove(draft);
      LostWal lost = lost(lostWal, draft.resolve("pg_wal"));
      Durably.write(draft.resolve("recovery.signal"), new byte[0]);
      Durably.syncTree(draft);
      unfinished.begin(aside);
      if (aside.isPresent()) {
        lost = lost.moved(target.cluster().toRealPath(), aside.get());
        Durably.rename(target.cluster(), aside.get());
      }
      Durably.rename(draft, target.cluster());
      done = true;
      return new Placed(aside, lost);
    } finally {
      if (!done) {
        Trees.delete(draft);
        unfinished.takeBack();
      }
    }
  }

  private static Path unused(Path home) {
    int number = 1;
    while (Files.exists(home.resolve(ASIDE + number))) {
      number++;
    }
    return home.resolve(ASIDE + number);
  }

  private void refuseWithoutRoom(Path home) throws IOException {
    long free = Files.getFileStore(home).getUsableSpace();
    if (free < backup.bytes()) {
      throw new BackupException(
          NO_ROOM,
          "The backup takes %d MiB, and %s has %d MiB free"
              .formatted(backup.bytes() >> 20, home, free >> 20));
    }
  }

  /** Every file is compared with the manifest on the way. */
  private void copy(Path draft) throws IOException {
    Path files = area.files(backup);
    Map<String, SavedFile> wanted = new HashMap<>();
    Manifest.read(files).files().forEach(file -> wanted.put(file.path(), file));
    long[] done = {0};
    Path unused =
        Files.walkFileTree(
            files,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes of)
                  throws IOException {
                Path made =
                    Files.createDirectory(draft.resolve(files.relativize(directory).toString()));
                Files.setPosixFilePermissions(
                    made, Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS));
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes of)
                  throws IOException {
                String path = files.relativize(file).toString();
                SavedFile saved = wanted.remove(path);
                if (saved != null
                    && !SavedFile.copy(
                            file,
                            draft.resolve(path),
                            path,
                            bytes -> progress.copied(done[0] += bytes, backup.bytes()))
                        .isSameAs(saved)) {
                  throw damaged(path + " has changed");
                }
                return FileVisitResult.CONTINUE;
              }
            });
    if (!wanted.isEmpty()) {
      throw damaged(wanted.keySet().iterator().next() + " is missing");
    }
  }

  private BackupException damaged(String what) {
    return new BackupException(
        DAMAGED,
        "The backup %s is damaged: %s; restore another one with --backup"
            .formatted(backup.id(), what));
  }

  /** What the archive has not got, the lost server may still have had on its disk. */
  private LostWal lost(Optional<Path> lostWal, Path log) throws IOException {
    Optional<Path> from =
        lostWal.isEmpty() && target.hasData()
            ? Optional.of(target.cluster().resolve("pg_wal"))
            : lostWal;
    return LostWal.copied(from, area.wal(), log);
  }
}
