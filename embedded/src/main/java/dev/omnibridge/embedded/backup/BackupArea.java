// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static dev.omnibridge.embedded.backup.BackupException.Reason.DAMAGED;
import static dev.omnibridge.embedded.backup.BackupException.Reason.FAILED;
import static dev.omnibridge.embedded.backup.BackupException.Reason.IN_THE_WAY;
import static dev.omnibridge.embedded.backup.BackupException.Reason.NOT_FOUND;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory of backups: base backups in {@code base}, the archived write-ahead log in {@code
 * wal}, and the two scripts by which PostgreSQL archives and restores it.
 */
public record BackupArea(Path root) {
  private static final String ARCHIVE = "archive-wal.sh";
  private static final String RESTORE = "restore-wal.sh";

  /** By its absolute name, which goes into PostgreSQL's settings. */
  public BackupArea {
    root = root.toAbsolutePath().normalize();
    String name = root.toString();
    if (name.chars().anyMatch(c -> c == '\'' || c == '%' || c == '\\' || c < ' ')) {
      throw new BackupException(
          FAILED,
          "A directory of backups cannot be named %s; choose a plainer name".formatted(name));
    }
  }

  Path base() {
    return root.resolve("base");
  }

  Path walDirectory() {
    return root.resolve("wal");
  }

  WalArchive wal() {
    return new WalArchive(walDirectory());
  }

  String archiveCommand() {
    return "sh '%s' '%%p' '%%f'".formatted(root.resolve(ARCHIVE));
  }

  String restoreCommand() {
    return "sh '%s' '%%f' '%%p'".formatted(root.resolve(RESTORE));
  }

  /** Makes what is not there; the server's user must be able to write the log. */
  void prepare(Path serversData) throws IOException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path unused = Files.createDirectories(root, ownerOnly);
    unused = Files.createDirectories(base(), ownerOnly);
    unused = Files.createDirectories(walDirectory(), ownerOnly);
    writeScripts();
    var owner = Files.getOwner(serversData);
    if (!Files.getOwner(walDirectory()).equals(owner)) {
      for (Path file :
          List.of(root, walDirectory(), root.resolve(ARCHIVE), root.resolve(RESTORE))) {
        unused = Files.setOwner(file, owner);
      }
    }
  }

  void writeScripts() throws IOException {
    for (String script : List.of(ARCHIVE, RESTORE)) {
      Path file = root.resolve(script);
      byte[] text = resource(script);
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), text)) {
        Path draft = root.resolve("." + script + ".new");
        Path unused = Files.write(draft, text);
        Durably.sync(draft);
        Durably.rename(draft, file);
      }
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream text =
        Objects.requireNonNull(BackupArea.class.getResourceAsStream(name), name)) {
      return text.readAllBytes();
    }
  }

  /** The complete backups, the oldest first. */
  public List<SavedBackup> backups() {
    if (!Files.isDirectory(base())) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(base())) {
      return directories
          .filter(directory -> Files.exists(directory.resolve(SavedBackup.FILE)))
          .map(BackupArea::read)
          .sorted(Comparator.comparing(SavedBackup::id))
          .toList();
    } catch (IOException failure) {
      throw new BackupException(
          FAILED, "The backups in %s cannot be read".formatted(root), failure);
    }
  }

  private static SavedBackup read(Path directory) {
    try {
      SavedBackup found = SavedBackup.read(directory);
      if (!directory.endsWith(found.id())) {
        throw new BackupException(
            DAMAGED,
            "The backup in %s calls itself %s; rename the directory, or move it away"
                .formatted(directory, found.id()));
      }
      return found;
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot read " + directory, failure);
    }
  }

  /**
   * The backup of this name, else the youngest that was complete by a time, else the youngest; of
   * those that are not named, only such as lead to the latest timeline.
   */
  public SavedBackup choose(Optional<String> id, Optional<Instant> by) {
    return backups().reversed().stream()
        .filter(one -> id.isPresent() ? one.id().equals(id.get()) : leadsOn(one))
        .filter(one -> by.isEmpty() || !one.finished().isAfter(by.get()))
        .findFirst()
        .orElseThrow(() -> new BackupException(NOT_FOUND, absent(id, by)));
  }

  private boolean leadsOn(SavedBackup one) {
    try {
      return wal().leadsOn(one);
    } catch (IOException failure) {
      throw new BackupException(
          FAILED, "The archive in %s cannot be read".formatted(root), failure);
    }
  }

  /** The backups of what a restore to an earlier time took back: no recovery begins with them. */
  public List<SavedBackup> abandoned() {
    return backups().stream().filter(one -> !leadsOn(one)).toList();
  }

  private String absent(Optional<String> id, Optional<Instant> by) {
    if (backups().isEmpty()) {
      return "There is no backup in " + root;
    }
    List<SavedBackup> abandoned = abandoned();
    return "%s has no backup%s%s; it has %s%s"
        .formatted(
            root,
            id.map(" "::concat).orElse(""),
            by.map(time -> " that was complete by " + time).orElse(""),
            names(backups()),
            abandoned.isEmpty()
                ? ""
                : ", of which a restore to an earlier time took back " + names(abandoned));
  }

  private static String names(List<SavedBackup> backups) {
    return String.join(", ", backups.stream().map(SavedBackup::id).toList());
  }

  Path directory(SavedBackup backup) {
    return base().resolve(backup.id());
  }

  /** The saved files of the server's data directory. */
  Path files(SavedBackup backup) {
    return directory(backup).resolve("cluster");
  }

  /** Whoever changes the backups holds it; another process that does is waited for by nobody. */
  FileChannel lock() throws IOException {
    var channel =
        FileChannel.open(
            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException here) {
      locked = false;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new BackupException(
          IN_THE_WAY, "Another backup or restore is under way in %s".formatted(root));
    }
    return channel;
  }
}
