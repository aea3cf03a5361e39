// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.FAILED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a backup can be restored, and how far.
 *
 * @param problems files of the base backup that are missing, were added, or have changed
 * @param walFiles how many files of the WAL follow the base backup without a gap
 * @param walBytes how large they are in the archive
 * @param lastWal the last of them
 * @param missingWal the first that is missing although later ones are there; empty when none is
 * @param damagedWal files of the WAL that are not whole
 */
public record Verification(
    SavedBackup backup,
    List<String> problems,
    int walFiles,
    long walBytes,
    String lastWal,
    String missingWal,
    List<String> damagedWal) {
  private static final int MOST_PROBLEMS = 20;

  /** Reads every file of a backup, and of the WAL after it. */
  public static Verification of(BackupArea area, SavedBackup backup, BaseBackup.Progress progress) {
    try {
      List<String> problems = problems(area.files(backup), backup.bytes(), progress);
      WalArchive.Coverage wal = area.wal().from(backup.startWal());
      if (!reaches(wal, backup)) {
        problems.add("the WAL up to " + backup.stopWal() + ", without which it is no backup");
      }
      return new Verification(
          backup,
          problems,
          wal.files(),
          wal.bytes(),
          wal.last(),
          wal.missing().orElse(""),
          area.wal().damagedFrom(backup.startWal()));
    } catch (IOException failure) {
      throw new BackupException(FAILED, "The backup cannot be read: " + failure, failure);
    }
  }

  private static boolean reaches(WalArchive.Coverage wal, SavedBackup backup) {
    return wal.files() > 0 && WalArchive.place(wal.last()) >= WalArchive.place(backup.stopWal());
  }

  private static List<String> problems(Path files, long total, BaseBackup.Progress progress)
      throws IOException {
    var problems = new ArrayList<String>();
    long[] done = {0};
    Manifest manifest;
    try {
      manifest = Manifest.read(files);
    } catch (BackupException damaged) {
      problems.add(String.valueOf(damaged.getMessage()));
      return problems;
    }
    for (SavedFile saved : manifest.files()) {
      Path file = files.resolve(saved.path());
      if (problems.size() >= MOST_PROBLEMS) {
        break;
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        problems.add(saved.path() + " is missing");
      } else if (!SavedFile.read(
              file, saved.path(), bytes -> progress.copied(done[0] += bytes, total))
          .isSameAs(saved)) {
        problems.add(saved.path() + " has changed");
      }
    }
    return problems;
  }

  /** It can be restored, to the end of the archive. */
  public boolean good() {
    return problems.isEmpty() && damagedWal.isEmpty() && missingWal.isEmpty();
  }
}
