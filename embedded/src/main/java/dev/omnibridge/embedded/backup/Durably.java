// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Files that are on disk when the method has returned. */
final class Durably {
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
}
