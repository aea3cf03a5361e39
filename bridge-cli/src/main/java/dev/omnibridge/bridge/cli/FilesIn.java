// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files that paths of the user mean. */
final class FilesIn {
  private FilesIn() {}

  /** Files as they are, directories as the files in them by name, without hidden ones and links. */
  static List<Path> all(List<Path> paths) {
    var files = new ArrayList<Path>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        files.addAll(in(path));
      } else if (Files.exists(path)) {
        files.add(path);
      } else {
        throw new CliFailure(ExitCode.USAGE, "There is no file " + path + ".");
      }
    }
    if (files.isEmpty()) {
      throw new CliFailure(ExitCode.USAGE, "There are no files in " + paths.getFirst() + ".");
    }
    return files;
  }

  private static List<Path> in(Path directory) {
    try (Stream<Path> found = Files.walk(directory)) {
      return found
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !isHidden(directory.relativize(file)))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException failure) {
      throw new CliFailure(
          ExitCode.USAGE,
          "%s cannot be read (%s).".formatted(directory, failure.getMessage()),
          failure);
    }
  }

  private static boolean isHidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }
}
