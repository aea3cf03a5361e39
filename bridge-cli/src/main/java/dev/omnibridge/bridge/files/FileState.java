// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What shows that a file was written to, or replaced.
 *
 * @param size in bytes; 0 also for what the kernel makes up as it is read
 * @param key which file it is; null where the file system has no such thing
 */
public record FileState(long size, FileTime modified, @Nullable Object key) {

  /**
   * That of a regular file, links followed. Nothing else is ever opened: a FIFO would wait for
   * somebody to write into it.
   */
  public static FileState of(Path file) throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "it is not a regular file");
    }
    return new FileState(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  /**
   * Compares with the file as it is now.
   *
   * @throws FileChangedException when it is another one, or was written to
   */
  public void requireStill(Path file) throws IOException {
    if (!equals(of(file))) {
      throw new FileChangedException(file);
    }
  }
}
