// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a verb: shows its help. */
@Command(
    name = "bridge",
    synopsisSubcommandLabel = "VERB",
    description = "Runs Omnibridge on this machine, and talks to a running one.",
    commandListHeading = "%nVerbs:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge demo                        the main job on this project's own files",
      "  ./bridge up                          the whole suite; Ctrl-C stops it",
      "  ./bridge servers                     PostgreSQL and Kafka only, for bin/<service>",
      "  ./bridge services                    who is there, and serves",
      "  ./bridge submit examples/hello.yaml --input '{\"name\": \"Ada\"}' --wait",
      "  ./bridge list --state RUNNING -o json",
      "",
      "The suite is found by --address, before the verb or behind it, else",
      "OMNIBRIDGE_ADDRESS, else the run.json of a suite that runs on the data directory",
      "(OMNIBRIDGE_DATA, else .omnibridge in the project), else 127.0.0.1:8060. One process of it is",
      "enough: it knows where the others are. Several, with commas between them, are tried in turn.",
      "ORCHESTRATOR_ADDRESS, DB_ADAPTER_ADDRESS, REDUCER_ADDRESS, STAMPING_ADDRESS and",
      "INTELLIGENCE_ADDRESS come before what it knows.",
      "A suite that a signal stops ends with 130 or 143. NO_COLOR is honoured."
    })
final class BridgeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Only for the help, and to say what is missing: {@link CommandTree} gives it to the verb. */
  @Option(
      names = CommandTree.ADDRESS,
      paramLabel = "HOST:PORT[,...]",
      description = "The same as behind a verb that asks a running suite.")
  private String address = "";

  @Override
  public Integer call() {
    if (!address.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Give a verb behind the address.");
    }
    spec.commandLine().usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.OK;
  }
}
