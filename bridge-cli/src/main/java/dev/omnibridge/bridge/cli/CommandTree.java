// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The command with all its verbs. */
public final class CommandTree {
  private static final int WIDTH = 100;

  private CommandTree() {}

  /** The command, ready to execute arguments; every failure becomes a sentence and an exit code. */
  public static CommandLine of(Setting setting) {
    var root = new CommandLine(new BridgeCommand());
    verbs(setting).forEach(verb -> root.addSubcommand(new CommandLine(verb)));
    root.addSubcommand(DeadLettersCommand.of(setting));
    root.setOut(setting.out());
    root.setErr(setting.err());
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setExpandAtFiles(false);
    root.registerConverter(WorkflowState.class, new StateConverter());
    root.registerConverter(Duration.class, new SpanConverter());
    root.registerConverter(Instant.class, new InstantConverter(setting.clock()));
    root.registerConverter(PositionRange.class, new PositionRange.Converter());
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(setting.palette().on() ? Ansi.ON : Ansi.OFF));
    root.setUsageHelpWidth(WIDTH);
    var failures = new Failures(setting);
    root.setExecutionExceptionHandler(failures);
    root.setParameterExceptionHandler(failures);
    describe(root);
    return root;
  }

  private static List<Object> verbs(Setting setting) {
    return List.of(
        new UpCommand(setting),
        new ServersCommand(setting),
        new BackupCommand(setting),
        new RestoreCommand(setting),
        new DemoCommand(setting),
        new ServicesCommand(setting),
        new SubmitCommand(setting),
        new WatchCommand(setting),
        new ListCommand(setting),
        new DescribeCommand(setting),
        new HistoryCommand(setting),
        new CancelCommand(setting),
        new StampCommand(setting),
        new AnalyzeCommand(setting),
        new SimilarCommand(setting),
        new TreeCommand(setting),
        new AskCommand(setting),
        new StateCommand(setting),
        new EventsCommand(setting),
        new TraceCommand(setting),
        new ExportCommand(setting),
        new OutboxCommand(setting));
  }

  private static void describe(CommandLine command) {
    command
        .getCommandSpec()
        .mixinStandardHelpOptions(true)
        .versionProvider(new Versions())
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCode.table())
        .sortOptions(false);
    command.getSubcommands().values().forEach(CommandTree::describe);
  }
}
