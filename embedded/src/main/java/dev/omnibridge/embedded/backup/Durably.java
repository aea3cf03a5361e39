// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files that are on disk when the method has returned. */
final class Durably {
  /** The file system writes its journal once for all that wait for it. */
  private static final int AT_ONCE = 8;

  private Durably() {}

  /** A file or a directory. */
  static void sync(Path file) throws IOException {
    var option = Files.isDirectory(file) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (var channel = FileChannel.open(file, option)) {
      channel.force(true);
    }
  }

  static void write(Path file, byte[] content) throws IOException {
    Path unused = Files.write(file, content);
    sync(file);
  }

  static void rename(Path from, Path to) throws IOException {
    Path unused = Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    Path parent = to.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
  }

  /** Every directory below one, and itself; their files are synced by who wrote them. */
  static void syncDirectories(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path directory : (Iterable<Path>) all.filter(Files::isDirectory)::iterator) {
        sync(directory);
      }
    }
  }

  /** Every file and directory below one, and itself. Nothing of it comes or goes meanwhile. */
  static void syncTree(Path root) throws IOException {
    List<Callable<@Nullable Void>> syncs;
    try (Stream<Path> all = Files.walk(root)) {
      syncs = all.map(Durably::syncing).toList();
    }
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<@Nullable Void> done : threads.invokeAll(syncs)) {
        done.get();
      }
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof IOException known
          ? known
          : new IOException("Not everything in " + root + " is on disk", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted before all of " + root + " was on disk");
    }
  }

  private static Callable<@Nullable Void> syncing(Path file) {
    return () -> {
      sync(file);
      return null;
    };
  }
}
