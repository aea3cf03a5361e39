// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file could not be written, and holds what it held before. */
public final class FileNotWrittenException extends IOException {
  private static final long serialVersionUID = 1;

  /** Says why, as a clause. */
  public FileNotWrittenException(Path file, String why) {
    this(file, why, null);
  }

  private FileNotWrittenException(Path file, String why, @Nullable IOException cause) {
    super("%s cannot be written (%s)".formatted(file, why), cause);
  }

  static FileNotWrittenException of(Path file, IOException cause) {
    return new FileNotWrittenException(file, why(cause), cause);
  }

  private static String why(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "there is no such place";
      case AccessDeniedException _ -> "it may not be written there";
      case FileSystemException failure when failure.getReason() != null -> failure.getReason();
      default -> String.valueOf(cause.getMessage());
    };
  }
}
