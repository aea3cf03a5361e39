// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Logs;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Addresses;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.demo.Demo;
import dev.omnibridge.bridge.demo.Demo.Job;
import dev.omnibridge.bridge.demo.Demo.Kafka;
import dev.omnibridge.bridge.demo.DemoReport;
import dev.omnibridge.bridge.demo.DemoResult;
import dev.omnibridge.bridge.suite.Endpoints;
import dev.omnibridge.bridge.suite.RunFile;
import dev.omnibridge.bridge.suite.Suite;
import dev.omnibridge.bridge.suite.SuiteOptions;
import dev.omnibridge.bridge.view.Amounts;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Does the main job on this project's own files, on a running suite or on one of its own. */
@Command(
    name = "demo",
    description =
        "Stamps and analyses this project's own source files by a workflow, then checks that every"
            + " stamp and every event is really there. Starts a suite unless one is running.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge demo",
      "  ./bridge demo --address suite.example:8060      on a suite elsewhere; with its broker in",
      "                                                  KAFKA_BOOTSTRAP_SERVERS, Kafka is read too",
      "  ./bridge demo --dir ~/projects/other -o json    on another project's files"
    })
final class DemoCommand implements Callable<Integer> {
  private final Setting setting;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where a suite of its own keeps its data; see ./bridge up --help.")
  private @Nullable Path data;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Whose files to work on; this project's without.")
  private @Nullable Path directory;

  @Option(names = "--limit", paramLabel = "COUNT", description = "At most so many files.")
  private int limit = Integer.MAX_VALUE;

  @Mixin private ClientOptions client = new ClientOptions();

  DemoCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws Exception {
    PageOptions.check(limit);
    String named =
        client.address().isEmpty() ? setting.variable("OMNIBRIDGE_ADDRESS") : client.address();
    Path home = data == null ? setting.data() : data.toAbsolutePath().normalize();
    Optional<RunFile> running = RunFile.ofRunning(home);
    if (!named.isEmpty()) {
      Addresses addresses = Addresses.find(named, setting);
      return onRunning(addresses, kafkaOf(running, addresses));
    }
    return running.isPresent()
        ? onRunning(
            Addresses.all(running.get().endpoints().address()),
            Optional.of(kafka(running.get().endpoints())))
        : onOwn(home);
  }

  /** The run file is only believed when it is of the suite that was named. */
  private Optional<Kafka> kafkaOf(Optional<RunFile> running, Addresses addresses) {
    String variable = setting.variable("KAFKA_BOOTSTRAP_SERVERS");
    if (!variable.isEmpty()) {
      String environment = setting.variable("OMNIBRIDGE_ENVIRONMENT");
      return Optional.of(new Kafka(variable, environment.isEmpty() ? "dev" : environment));
    }
    return running
        .map(RunFile::endpoints)
        .filter(endpoints -> addresses.main().contains(endpoints.address()))
        .map(DemoCommand::kafka);
  }

  private static Kafka kafka(Endpoints endpoints) {
    return new Kafka(endpoints.kafka(), endpoints.topicPrefix());
  }

  private int onRunning(Addresses addresses, Optional<Kafka> kafka) throws Exception {
    client.beQuiet();
    remark("Using the suite at " + addresses.told() + ".");
    try (var connected = Client.open(addresses)) {
      return report(new Demo(setting, connected, client.output().json()).run(job(kafka)));
    }
  }

  private int onOwn(Path home) throws Exception {
    Path log = Logs.toFiles(home);
    var own = new Running<>(Suite::close);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(own), "stop"));
    remark("Starting PostgreSQL, Kafka and five services on " + home + " ...");
    Suite suite =
        own.start(() ->
            SuiteStart.suite(SuiteOptions.in(home).withEnvironment(setting.environment()), log));
    try (var connected = Client.open(Addresses.all(suite.address()))) {
      remark(
          "Ready after %s at %s; Kafka joins meanwhile."
              .formatted(Amounts.span(suite.readyAfter()), suite.address()));
      var demo =
          new Demo(setting, connected, client.output().json()).after("start", suite.readyAfter());
      return report(demo.run(job(Optional.of(kafka(suite.endpoints())))));
    } finally {
      remark("Stopping the suite; its data stays in " + home + ".");
      stop(own);
    }
  }

  private void stop(Running<Suite> own) {
    if (!own.stop()) {
      remark(Running.LEFT);
    }
  }

  private Job job(Optional<Kafka> kafka) {
    Path root = directory == null ? setting.home() : directory.toAbsolutePath().normalize();
    String definition =
        Inputs.file(setting.home().resolve("examples/stamp-and-analyze.yaml").toString());
    return new Job(root, definition, limit, kafka);
  }

  private int report(DemoResult result) {
    if (client.output().json()) {
      setting.out().println(result.json().toPrettyString());
    } else {
      new DemoReport(setting, result).print();
    }
    if (!result.proved()) {
      throw new CliFailure(
          ExitCode.FAILED, "The demo failed: " + String.join("; ", result.refuted()) + ".");
    }
    if (!client.output().json()) {
      setting.out().println(setting.palette().green("Everything is there."));
    }
    return ExitCode.OK.code();
  }

  private void remark(String text) {
    if (!client.output().json()) {
      setting.err().println(setting.errorPalette().dim(text));
    }
  }
}
