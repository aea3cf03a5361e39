// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.cli.Outcome.Failed;
import dev.omnibridge.bridge.files.FileChangedException;
import dev.omnibridge.bridge.files.FileNotWrittenException;
import dev.omnibridge.bridge.files.Found;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** How files that cannot be read or written are told of, each in its place. */
final class FileFaults {
  private FileFaults() {}

  /** The path as it is shown and stamped: with slashes, and nothing else changed. */
  static String name(Path file) {
    String separator = file.getFileSystem().getSeparator();
    return file.toString().replace(separator, "/");
  }

  static Failed of(Found.Unreadable unreadable) {
    return of(unreadable.path(), unreadable.why());
  }

  static Failed of(Path file, IOException failure) {
    String name = name(file);
    String reason =
        switch (failure) {
          case FileChangedException _ -> "FILE_CHANGED";
          case FileNotWrittenException _ -> "FILE_NOT_WRITTEN";
          case NoSuchFileException _ -> "FILE_MISSING";
          default -> "FILE_UNREADABLE";
        };
    String problem =
        switch (failure) {
          case FileChangedException _ -> name + " changed while it was read";
          case FileNotWrittenException _ -> String.valueOf(failure.getMessage());
          default -> Inputs.whyUnreadable(name, failure);
        };
    return new Failed(name, reason, problem);
  }
}
