// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.runtime.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one sentence on stderr (JSON for scripts) and an exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Setting setting;

  Failures(Setting setting) {
    this.setting = setting;
  }

  /** A failure as it is told. */
  private record Told(ExitCode exit, String reason, String sentence, Map<String, String> facts) {}

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult all) {
    ParseResult arguments = command.getParseResult();
    boolean json = isJson(arguments);
    boolean verbose = arguments.hasMatchedOption(OutputOptions.VERBOSE);
    Told told = tell(failure);
    print(told, json, verbose);
    if (verbose) {
      failure.printStackTrace(setting.err());
    }
    return told.exit().code();
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    List<String> given = Arrays.asList(arguments);
    boolean json = String.join(" ", given).matches("(?s).*(-o|--output)[ =]?json.*");
    String help = "; see ./" + name + " --help.";
    String sentence = stripped(sentenceOf(failure)) + help;
    print(new Told(ExitCode.USAGE, "BAD_USAGE", sentence, Map.of()), json, false);
    return ExitCode.USAGE.code();
  }

  private static String sentenceOf(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && unmatched.getCommandLine().getParent() == null) {
      return "There is no verb '%s'".formatted(unmatched.getUnmatched().getFirst());
    }
    return Objects.requireNonNullElse(failure.getMessage(), "The arguments cannot be used");
  }

  private static boolean isJson(ParseResult arguments) {
    return arguments.hasMatchedOption(OutputOptions.OUTPUT)
        && arguments.matchedOptionValue(OutputOptions.OUTPUT, Format.TEXT) == Format.JSON;
  }

  private static Told tell(Exception failure) {
    return switch (failure) {
      case CliFailure known when known.getCause() instanceof Fault fault ->
          new Told(known.exit(), fault.reason(), known.sentence(), fault.facts());
      case CliFailure known ->
          new Told(known.exit(), known.exit().name(), known.sentence(), Map.of());
      case Fault fault ->
          new Told(ExitCode.of(fault.kind()), fault.reason(), fault.sentence(), fault.facts());
      default ->
          new Told(
              ExitCode.FAILED,
              "INTERNAL",
              "Something unexpected failed (%s); see more with --verbose.".formatted(failure),
              Map.of());
    };
  }

  private void print(Told told, boolean json, boolean verbose) {
    if (json) {
      setting.err().println(Session.compact(document(told)));
      return;
    }
    var palette = setting.errorPalette();
    setting.err().println(palette.red("bridge: ") + shown(told.sentence()));
    if (verbose) {
      setting.err().println(palette.dim(OneLine.of("reason " + told.reason() + facts(told))));
    }
  }

  /** Some quote the end of a log, and have several lines. */
  private static String shown(String sentence) {
    return sentence.lines().map(OneLine::of).collect(Collectors.joining("\n"));
  }

  private static ObjectNode document(Told told) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode error = document.putObject("error");
    error.put("exitCode", told.exit().code());
    error.put("reason", told.reason());
    error.put("message", told.sentence());
    ObjectNode facts = error.putObject("facts");
    told.facts().forEach(facts::put);
    return document;
  }

  private static String facts(Told told) {
    return told.facts().entrySet().stream()
        .map(fact -> ", " + fact.getKey() + "=" + fact.getValue())
        .collect(Collectors.joining());
  }

  private static String stripped(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }
}
