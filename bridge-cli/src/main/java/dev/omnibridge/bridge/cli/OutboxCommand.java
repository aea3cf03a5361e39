// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The way of the log to Kafka. */
@Command(
    name = "outbox",
    description = "Shows how far Kafka has the log, and sends events again.",
    footerHeading = "%nExamples:%n",
    footer = {"  ./bridge outbox status", "  ./bridge outbox republish --all --dry-run"})
final class OutboxCommand implements Runnable {
  private final Setting setting;
  private CommandSpec spec = CommandSpec.create();

  OutboxCommand(Setting setting) {
    this.setting = setting;
  }

  @Spec
  void spec(CommandSpec own) {
    spec = own;
    spec.addSubcommand("status", new CommandLine(new OutboxStatusCommand(setting)));
    spec.addSubcommand("republish", new CommandLine(new RepublishCommand(setting)));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which: outbox status or republish.");
  }
}
