// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a file that only its owner can read, because there is a password in it. */
final class OwnerFile {
  private static final String OWNER_ONLY = "rw-------";

  private OwnerFile() {}

  /** Replaces what is there, at once or not at all. */
  static void write(Path file, byte[] content) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new FileSystemException(file.toString(), null, "it is a directory");
    }
    Path draft = emptyDraft(directory);
    try {
      Path unused = Files.write(draft, content);
      unused =
          Files.move(
              draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      boolean unused = Files.deleteIfExists(draft);
    }
  }

  private static Path emptyDraft(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return Files.createTempFile(directory, "run", ".tmp");
    }
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY));
    return Files.createTempFile(directory, "run", ".tmp", ownerOnly);
  }
}
