// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Options that would do nothing, which who gives them does not expect. */
final class Pointless {
  private Pointless() {}

  /** Refuses the first of these that was given; the sentence says after its name why. */
  static void refuse(CommandSpec verb, String why, String... options) {
    ParseResult given = verb.commandLine().getParseResult();
    for (String option : options) {
      if (given.hasMatchedOption(option)) {
        throw new CliFailure(ExitCode.USAGE, "%s %s.".formatted(option, why));
      }
    }
  }
}
