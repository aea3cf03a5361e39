// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.cli.Outcome.Failed;
import dev.omnibridge.bridge.cli.Outcome.Hashed;
import dev.omnibridge.bridge.files.ChecksumLine;
import dev.omnibridge.bridge.files.Conveyor;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.bridge.files.Selection;
import dev.omnibridge.bridge.view.FileProgress;
import dev.omnibridge.bridge.view.OneLine;
import java.nio.file.Path;
import java.util.List;

/** Content hashes of files as b3sum prints them, without a suite. */
final class Checksums {
  private final Setting setting;
  private final Selection selection;
  private boolean failed;

  Checksums(Setting setting, Selection selection) {
    this.setting = setting;
    this.selection = selection;
  }

  /** A line per file; gives the exit code. */
  int print(List<Path> paths) {
    var progress = FileProgress.of(setting, setting.outIsTerminal(), "hashed");
    try (var hasher = FoundFiles.hasher(progress)) {
      Conveyor.run(
          FoundFiles.source(paths, selection, progress),
          FoundFiles.told(batch -> hash(hasher, batch), progress),
          outcome -> show(progress, outcome));
    } finally {
      setting.out().flush();
      progress.clear();
    }
    return failed ? ExitCode.FAILED.code() : ExitCode.OK.code();
  }

  private static List<Outcome> hash(FileHasher hasher, List<Found> batch)
      throws InterruptedException {
    try (var turn = hasher.turn()) {
      return StampWork.each(
          batch, file -> new Hashed(FileFaults.name(file), turn.contentOnly(file)));
    }
  }

  private void show(FileProgress progress, Outcome outcome) {
    switch (outcome) {
      case Hashed hashed ->
          setting
              .out()
              .print(new ChecksumLine(hashed.digests().contentHash(), hashed.path()).text() + "\n");
      case Failed bad -> {
        failed = true;
        progress.clear();
        setting.err().println("bridge: " + OneLine.of(bad.problem()));
      }
      case Outcome.Stamped impossible -> throw new IllegalStateException(impossible.path());
    }
  }
}
