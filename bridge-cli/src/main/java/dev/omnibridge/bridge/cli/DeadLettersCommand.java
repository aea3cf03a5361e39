// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The records that nobody could process, and what can be done about them. */
@Command(
    name = "dead-letters",
    description = "The records that nobody could process, and what can be done about them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge dead-letters list --since 1d --error-class POISON",
      "  ./bridge dead-letters show 17",
      "  ./bridge dead-letters redrive 17 --value @fixed.json --reason 'producer sent no id'",
      "  ./bridge dead-letters redrive --all --topic dev.omninode-bridge.metadata.events.v1 --dry-run",
      "  ./bridge dead-letters discard 18 19 --reason 'of a load test'",
      "  ./bridge dead-letters history 17"
    })
final class DeadLettersCommand implements Callable<Integer> {

  /** The verb with its own verbs. */
  static CommandLine of(Setting setting) {
    var command = new CommandLine(new DeadLettersCommand());
    List.of(
            new LetterListCommand(setting),
            new LetterShowCommand(setting),
            new LetterRedriveCommand(setting),
            new LetterDiscardCommand(setting),
            new LetterHistoryCommand(setting))
        .forEach(verb -> command.addSubcommand(new CommandLine(verb)));
    return command;
  }

  @Override
  public Integer call() {
    throw new CliFailure(
        ExitCode.USAGE,
        "Say what to do with them: list, show, redrive, discard or history; see --help.");
  }
}
