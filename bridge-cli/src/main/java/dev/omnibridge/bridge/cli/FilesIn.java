// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.files.FileWalk;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.bridge.files.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files that paths of the user mean. */
final class FilesIn {
  private static final Selection NOT_HIDDEN = new Selection(false, false, List.of(), List.of());

  private FilesIn() {}

  /** Files as they are, directories as the files in them by name, without hidden ones and links. */
  static List<Found> all(List<Path> paths) throws InterruptedException {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new CliFailure(ExitCode.USAGE, "There is no file " + path + ".");
      }
    }
    var files = new ArrayList<Found>();
    FileWalk.of(paths, NOT_HIDDEN, files::add);
    if (files.isEmpty()) {
      throw new CliFailure(ExitCode.USAGE, "There are no files in " + paths.getFirst() + ".");
    }
    return files;
  }
}
