// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.EmbeddedServerException.Reason.DIRECTORY_IN_USE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says that this process, and nobody else, uses a directory. The operating system drops the lock
 * with the process, however it ended, so a killed owner is no obstacle.
 */
final class DirectoryLock implements AutoCloseable {
  /**
   * File locks belong to the whole process, and closing any channel of the locked file drops them.
   * So a second owner in this process must be refused before it opens the file: the one reason for
   * a mutable static here.
   */
  private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  static DirectoryLock acquire(Path directory) {
    if (!OWNED_HERE.add(directory)) {
      throw inUse(directory, "this process");
    }
    DirectoryLock lock = null;
    try {
      lock = tryLock(directory);
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot lock the directory " + directory, failure);
    } finally {
      if (lock == null) {
        OWNED_HERE.remove(directory);
      }
    }
    if (lock == null) {
      throw inUse(directory, "process " + ownerOf(directory));
    }
    return lock;
  }

  private static @Nullable DirectoryLock tryLock(Path directory) throws IOException {
    var channel =
        FileChannel.open(
            directory.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      return null;
    }
    Files.writeString(directory.resolve("owner.pid"), Long.toString(ProcessHandle.current().pid()));
    return new DirectoryLock(directory, channel);
  }

  private static String ownerOf(Path directory) {
    try {
      return Files.readString(directory.resolve("owner.pid")).strip();
    } catch (IOException _) {
      return "(unknown)";
    }
  }

  private static EmbeddedServerException inUse(Path directory, String owner) {
    return new EmbeddedServerException(
        DIRECTORY_IN_USE,
        "The directory %s is in use by %s; stop that one first or choose another directory"
            .formatted(directory, owner));
  }

  /** Does nothing the second time, when the directory may have its next owner already. */
  @Override
  public synchronized void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot unlock the directory " + directory, failure);
    } finally {
      OWNED_HERE.remove(directory);
    }
  }
}
