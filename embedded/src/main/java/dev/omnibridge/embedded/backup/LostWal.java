// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.FAILED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The WAL files of a lost server that its archive had not got. They go into the recovery, and then,
 * where the server archives again, into the archive, too: PostgreSQL lets go of every file that a
 * recovery has read, and the next restore would end where they are missing.
 *
 * @param directory where they still are, unchanged, by its real name; empty when there was none
 */
record LostWal(Optional<Path> directory, List<String> names) {
  private static final String HISTORY = ".history";
  private static final Pattern WAL = Pattern.compile("[0-9A-F]{24}|[0-9A-F]{8}\\.history");

  /** Copies them into the log of a server that has not started yet. */
  static LostWal copied(Optional<Path> from, WalArchive archive, Path log) throws IOException {
    if (from.isEmpty()) {
      return new LostWal(from, List.of());
    }
    if (!Files.isDirectory(from.get())) {
      throw new BackupException(FAILED, "There is no WAL in %s".formatted(from.get()));
    }
    Path directory = from.get().toRealPath();
    var names = new ArrayList<String>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (WAL.matcher(name).matches() && !archive.has(name)) {
          SavedFile unused = SavedFile.copy(file, log.resolve(name), name, _ -> {});
          names.add(name);
        }
      }
    }
    return new LostWal(Optional.of(directory), List.copyOf(names));
  }

  /** What was below a directory that has another name now. */
  LostWal moved(Path before, Path now) {
    return new LostWal(
        directory.map(at -> at.startsWith(before) ? now.resolve(before.relativize(at)) : at),
        names);
  }

  /**
   * Gives those that led to this timeline to its server as files that are still to be archived. The
   * server runs, and archives nothing yet; the last file of the lost one, which may go on another
   * way should the restore be taken back, is not among them.
   */
  void leaveToArchive(WalArchive archive, Path log, long timeline) throws IOException {
    var timelines = Timelines.to(log, timeline);
    for (String name : names) {
      if (timelines.left(name) && !archive.has(name)) {
        Path file = log.resolve(name);
        if (!Files.exists(file)) {
          SavedFile unused =
              SavedFile.copy(directory.orElseThrow().resolve(name), file, name, _ -> {});
          Durably.sync(file);
        }
        Path ready = log.resolve("archive_status").resolve(name + ".ready");
        Durably.write(ready, new byte[0]);
        for (Path one : List.of(file, ready)) {
          Path unused = Files.setOwner(one, Files.getOwner(log));
        }
      }
    }
    Durably.syncDirectories(log);
  }

  /**
   * Those that a recovery read which began with this file, and then this timeline. The others are
   * older, or PostgreSQL had made them for what it would have written next.
   */
  List<String> readBy(String first, Timelines timelines) {
    return names.stream()
        .filter(timelines::led)
        .filter(name -> isHistory(name) || WalArchive.place(name) >= WalArchive.place(first))
        .toList();
  }

  static boolean isHistory(String name) {
    return name.endsWith(HISTORY);
  }
}
