// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.files.Selection;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which files of a directory a verb takes. */
final class SelectionOptions {
  @Option(
      names = "--include",
      paramLabel = "PATTERN",
      description =
          "Of directories only what fits, like '*.java' or 'src/'; written as in .gitignore, may be"
              + " repeated.")
  private List<String> included = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description = "Of directories nothing that fits; may be repeated.")
  private List<String> excluded = new ArrayList<>();

  @Option(names = "--hidden", description = "Of directories hidden files, too; never .git.")
  private boolean hidden;

  @Option(names = "--no-ignore", description = "Do not heed .gitignore files.")
  private boolean noIgnore;

  Selection selection() {
    return new Selection(!noIgnore, hidden, included, excluded);
  }
}
