// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a data directory that belong into a backup, while the server changes them. What it
 * needs only while it runs, and the WAL, which is archived, stay out; a file that goes meanwhile is
 * none that a recovery needs.
 */
final class ClusterFiles {
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");
  private static final Set<String> LEFT_OUT =
      Set.of(
          "postmaster.pid",
          "postmaster.opts",
          "pg_internal.init",
          "backup_label",
          "backup_label.old",
          "tablespace_map",
          "tablespace_map.old",
          "recovery.signal",
          "standby.signal",
          Manifest.NAME);
  private static final String CONTROL = "global/pg_control";
  private static final int READS = 100;

  private final Path from;
  private final Path to;
  private final SavedFile.Meter meter;
  private final List<SavedFile> saved = new ArrayList<>();

  private ClusterFiles(Path from, Path to, SavedFile.Meter meter) {
    this.from = from;
    this.to = to;
    this.meter = meter;
  }

  /** Copies them into a directory that is made; the control file last, as PostgreSQL wants it. */
  static List<SavedFile> copy(Path from, Path to, SavedFile.Meter meter) throws IOException {
    var files = new ClusterFiles(from, to, meter);
    Path unused = Files.walkFileTree(from, files.new Copying());
    files.copyControl();
    return files.saved;
  }

  /** How large what is to be copied is now. */
  static long size(Path from) throws IOException {
    long[] sum = {0};
    Path unused =
        Files.walkFileTree(
            from,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes of) {
                return isEmptied(from, directory)
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
                sum[0] += of.size();
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFileFailed(Path file, IOException failure)
                  throws IOException {
                return goneIsFine(failure);
              }
            });
    return sum[0];
  }

  private static boolean isEmptied(Path from, Path directory) {
    return from.equals(directory.getParent())
        && EMPTIED.contains(directory.getFileName().toString());
  }

  private static FileVisitResult goneIsFine(IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }

  private final class Copying extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes of)
        throws IOException {
      Path unused = Files.createDirectory(to.resolve(from.relativize(directory).toString()));
      if (directory.equals(from)) {
        unused =
            Files.setPosixFilePermissions(
                to, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
      }
      if (isEmptied(from, directory)) {
        if (directory.endsWith("pg_wal")) {
          unused = Files.createDirectory(to.resolve("pg_wal").resolve("archive_status"));
        }
        return FileVisitResult.SKIP_SUBTREE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes of) throws IOException {
      String path = from.relativize(file).toString().replace('\\', '/');
      String name = file.getFileName().toString();
      boolean wanted =
          Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              && !LEFT_OUT.contains(name)
              && !name.startsWith("pgsql_tmp")
              && !path.equals(CONTROL);
      if (wanted) {
        try {
          saved.add(SavedFile.copy(file, to.resolve(path), path, meter));
        } catch (NoSuchFileException gone) {
          Files.deleteIfExists(to.resolve(path));
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      return goneIsFine(failure);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        return goneIsFine(failure);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  /** The server writes it in one piece, but a reader may still see half: two readings tell. */
  private void copyControl() throws IOException {
    byte[] before = Files.readAllBytes(from.resolve(CONTROL));
    for (int i = 0; i < READS; i++) {
      byte[] now = Files.readAllBytes(from.resolve(CONTROL));
      if (Arrays.equals(before, now)) {
        Durably.write(to.resolve(CONTROL), now);
        saved.add(SavedFile.read(to.resolve(CONTROL), CONTROL, meter));
        return;
      }
      before = now;
    }
    throw new IOException("The control file changes at every reading");
  }
}
