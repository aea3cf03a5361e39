// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.embedded.EmbeddedServerException;
import dev.omnibridge.embedded.backup.BackupException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What backups and restores have in common: whose data it is, and how failures are told. */
final class BackupOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data is; OMNIBRIDGE_DATA, else .omnibridge in the project, without.")
  private @Nullable Path data;

  /** Where the data of the suite is. */
  Path data(Setting setting) {
    return data == null ? setting.data() : data.toAbsolutePath().normalize();
  }

  /** Where the backups are: what was said, else OMNIBRIDGE_BACKUPS, else beside the data. */
  Path backups(Setting setting, @Nullable Path said) {
    if (said != null) {
      return said.toAbsolutePath().normalize();
    }
    String chosen = setting.variable("OMNIBRIDGE_BACKUPS");
    Path own = data(setting);
    return chosen.isEmpty()
        ? own.resolveSibling(own.getFileName() + "-backups")
        : Path.of(chosen).toAbsolutePath().normalize();
  }

  /** Does it; a failure becomes a sentence and an exit code. */
  static <T> T told(Supplier<T> work) {
    try {
      return work.get();
    } catch (BackupException failure) {
      var exit =
          switch (failure.reason()) {
            case NOT_FOUND -> ExitCode.NOT_FOUND;
            case IN_THE_WAY -> ExitCode.REFUSED;
            case NO_ROOM, DAMAGED, FAILED -> ExitCode.FAILED;
          };
      throw new CliFailure(exit, failure.getMessage() + ".", failure);
    } catch (EmbeddedServerException failure) {
      var exit =
          switch (failure.reason()) {
            case DIRECTORY_IN_USE -> ExitCode.REFUSED;
            case NO_BINARIES -> ExitCode.ENVIRONMENT;
            case NOT_STARTED, NOT_STOPPED -> ExitCode.FAILED;
          };
      throw new CliFailure(exit, failure.getMessage() + ".", failure);
    }
  }
}
