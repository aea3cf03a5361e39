// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;

/** The command with all its verbs. */
public final class CommandTree {
  private static final int WIDTH = 100;

  private static final List<String> VERBS =
      List.of(
          "up",
          "servers",
          "backup",
          "restore",
          "demo",
          "services",
          "submit",
          "watch",
          "list",
          "describe",
          "history",
          "cancel",
          "stamp",
          "verify",
          "prove",
          "audit",
          "checkpoint",
          "analyze",
          "similar",
          "tree",
          "ask",
          "state",
          "events",
          "trace",
          "export",
          "outbox",
          "dead-letters");

  static final String ADDRESS = "--address";

  private CommandTree() {}

  /** Executes arguments, and gives the exit code; the address may also stand before the verb. */
  public static int execute(String[] arguments, Setting setting) {
    String[] ordered = verbFirst(arguments);
    return fitting(ordered, setting).execute(ordered);
  }

  /** An address at the beginning is put behind the rest, but before what follows a {@code --}. */
  private static String[] verbFirst(String[] arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    int taken = first.equals(ADDRESS) ? 2 : first.startsWith(ADDRESS + "=") ? 1 : 0;
    if (taken == 0 || taken >= arguments.length) {
      return arguments;
    }
    var all = List.of(arguments);
    var ordered = new ArrayList<>(all.subList(taken, all.size()));
    int end = ordered.indexOf("--");
    ordered.addAll(end < 0 ? ordered.size() : end, all.subList(0, taken));
    return ordered.toArray(String[]::new);
  }

  /** The command, ready to execute arguments; every failure becomes a sentence and an exit code. */
  public static CommandLine of(Setting setting) {
    return with(VERBS, setting);
  }

  /**
   * The same for these arguments. When they begin with a verb, only that one is there: to look
   * through the annotations of all of them takes longer than most of them do.
   */
  public static CommandLine fitting(String[] arguments, Setting setting) {
    boolean named = arguments.length > 0 && VERBS.contains(arguments[0]);
    return with(named ? List.of(arguments[0]) : VERBS, setting);
  }

  private static CommandLine with(List<String> verbs, Setting setting) {
    var root = new CommandLine(new BridgeCommand());
    verbs.forEach(name -> root.addSubcommand(verb(name, setting)));
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
    root.setExecutionStrategy(given -> written(given, setting));
    var failures = new Failures(setting);
    root.setExecutionExceptionHandler(failures);
    root.setParameterExceptionHandler(failures);
    describe(root);
    return root;
  }

  /** No verb has done its work when nobody can have its results. */
  private static int written(ParseResult given, Setting setting) {
    int code = new CommandLine.RunLast().execute(given);
    if (code == ExitCode.OK.code() && setting.out().checkError()) {
      CommandLine verb = given.asCommandLineList().getLast();
      throw new ExecutionException(verb, Session.UNWRITTEN, Session.unwritten());
    }
    return code;
  }

  private static CommandLine verb(String name, Setting setting) {
    return switch (name) {
      case "up" -> new CommandLine(new UpCommand(setting));
      case "servers" -> new CommandLine(new ServersCommand(setting));
      case "backup" -> new CommandLine(new BackupCommand(setting));
      case "restore" -> new CommandLine(new RestoreCommand(setting));
      case "demo" -> new CommandLine(new DemoCommand(setting));
      case "services" -> new CommandLine(new ServicesCommand(setting));
      case "submit" -> new CommandLine(new SubmitCommand(setting));
      case "watch" -> new CommandLine(new WatchCommand(setting));
      case "list" -> new CommandLine(new ListCommand(setting));
      case "describe" -> new CommandLine(new DescribeCommand(setting));
      case "history" -> new CommandLine(new HistoryCommand(setting));
      case "cancel" -> new CommandLine(new CancelCommand(setting));
      case "stamp" -> new CommandLine(new StampCommand(setting));
      case "verify" -> new CommandLine(new VerifyCommand(setting));
      case "prove" -> new CommandLine(new ProveCommand(setting));
      case "audit" -> new CommandLine(new AuditCommand(setting));
      case "checkpoint" -> new CommandLine(new CheckpointCommand(setting));
      case "analyze" -> new CommandLine(new AnalyzeCommand(setting));
      case "similar" -> new CommandLine(new SimilarCommand(setting));
      case "tree" -> new CommandLine(new TreeCommand(setting));
      case "ask" -> new CommandLine(new AskCommand(setting));
      case "state" -> new CommandLine(new StateCommand(setting));
      case "events" -> new CommandLine(new EventsCommand(setting));
      case "trace" -> new CommandLine(new TraceCommand(setting));
      case "export" -> new CommandLine(new ExportCommand(setting));
      case "outbox" -> new CommandLine(new OutboxCommand(setting));
      case "dead-letters" -> DeadLettersCommand.of(setting);
      default -> throw new IllegalArgumentException(name);
    };
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
