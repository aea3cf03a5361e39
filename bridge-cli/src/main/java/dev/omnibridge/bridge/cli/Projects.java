// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.client.TreeUpload;
import dev.omnibridge.bridge.demo.SourceFiles;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Projects on this machine, brought to the suite as trees. */
final class Projects {
  private static final int NAMES_SHOWN = 5;

  private Projects() {}

  /** The stored tree of a directory's source files, with progress on the way. */
  static AnalyzeTreeResponse analyze(Session session, Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new CliFailure(ExitCode.USAGE, "There is no directory " + directory + ".");
    }
    var progress = Progress.of(session.setting(), session.json(), "analysed");
    try {
      List<Path> files = SourceFiles.under(directory);
      if (files.isEmpty()) {
        throw new CliFailure(ExitCode.USAGE, "There are no source files in " + directory + ".");
      }
      var sent =
          TreeUpload.send(
              session.client(), directory, files, done -> progress.update(done, files.size(), ""));
      progress.clear();
      tellLeftOut(session, sent.leftOut());
      return sent.tree();
    } catch (IOException unreadable) {
      throw new CliFailure(
          ExitCode.USAGE,
          "%s cannot be read (%s).".formatted(directory, unreadable.getMessage()),
          unreadable);
    } finally {
      progress.clear();
    }
  }

  private static void tellLeftOut(Session session, List<Path> files) {
    if (!files.isEmpty()) {
      String names =
          files.stream().limit(NAMES_SHOWN).map(Path::toString).collect(Collectors.joining(", "));
      session.remark(
          "left out, because they cannot be read: %s%s"
              .formatted(
                  OneLine.of(names),
                  files.size() > NAMES_SHOWN
                      ? " and %d more".formatted(files.size() - NAMES_SHOWN)
                      : ""));
    }
  }
}
