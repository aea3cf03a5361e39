// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.files.Conveyor;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.FileWalk;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.bridge.files.Selection;
import dev.omnibridge.bridge.view.FileProgress;
import java.nio.file.Path;
import java.util.List;

/** The files that the user means, on their way through the work, with progress. */
final class FoundFiles {
  private FoundFiles() {}

  /** Hashes as many at a time as there are processors. */
  static FileHasher hasher(FileProgress progress) {
    return new FileHasher(Runtime.getRuntime().availableProcessors(), progress::moved);
  }

  /** Finds them. */
  static Conveyor.Source<Found> source(
      List<Path> paths, Selection selection, FileProgress progress) {
    return belt -> {
      FileWalk.of(
          paths,
          selection,
          found -> {
            progress.found(size(found));
            belt.put(found, size(found));
          });
      progress.foundAll();
    };
  }

  /** The same work, of which the progress is told. */
  static <R> Conveyor.Work<Found, R> told(Conveyor.Work<Found, R> work, FileProgress progress) {
    return batch -> {
      List<R> results = work.on(batch);
      batch.forEach(_ -> progress.done());
      return results;
    };
  }

  private static long size(Found found) {
    return found instanceof Found.File file ? file.size() : 0;
  }
}
