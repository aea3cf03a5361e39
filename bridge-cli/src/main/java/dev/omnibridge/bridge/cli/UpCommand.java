// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Logs;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.suite.Suite;
import dev.omnibridge.bridge.suite.SuiteOptions;
import dev.omnibridge.bridge.view.Amounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the whole suite in this process until a signal stops it. */
@Command(
    name = "up",
    description =
        "Runs the whole suite in one process, with a PostgreSQL and a Kafka broker of its own,"
            + " until a signal stops it. Its data is kept and found again.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge up",
      "  ./bridge up --data /tmp/try --port 0 -o json     another directory, any free port"
    })
final class UpCommand implements Callable<Integer> {
  private final Setting setting;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data is; OMNIBRIDGE_DATA, else .omnibridge in the project, without.")
  private @Nullable Path data;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "What the gRPC services listen on (default: ${DEFAULT-VALUE}; 0.0.0.0: everywhere, where"
              + " nobody is asked who he is).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      description = "Port of the gRPC services (default: ${DEFAULT-VALUE}; 0: any).")
  private int port = 8060;

  @Option(
      names = {"--postgres-port", "--pg-port"},
      paramLabel = "PORT",
      description = "Of PostgreSQL (default: any).")
  private int postgresPort;

  @Option(names = "--kafka-port", paramLabel = "PORT", description = "Of Kafka (default: any).")
  private int kafkaPort;

  @Mixin private OutputOptions output = new OutputOptions();

  UpCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    SuiteStart.requirePort(port, "--port");
    SuiteStart.requirePort(postgresPort, "--postgres-port");
    SuiteStart.requirePort(kafkaPort, "--kafka-port");
    Path directory = data == null ? setting.data() : data.toAbsolutePath().normalize();
    Path log = Logs.toFiles(directory);
    var stopped = new CountDownLatch(1);
    var running = new Running<>(Suite::close);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running, stopped), "stop"));
    remark("Starting PostgreSQL, Kafka and five services on " + directory + " ...");
    Suite suite = running.start(() -> SuiteStart.suite(options(directory), log));
    ready(suite, directory, log);
    tellKafka(suite);
    stopped.await();
    return ExitCode.OK.code();
  }

  private SuiteOptions options(Path directory) {
    return SuiteOptions.in(directory)
        .withHost(host)
        .withPort(port)
        .withPostgresPort(postgresPort)
        .withKafkaPort(kafkaPort)
        .withEnvironment(setting.environment());
  }

  private void ready(Suite suite, Path directory, Path log) {
    if (output.json()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("event", "ready");
      document.put("address", suite.address());
      document.put("data", directory.toString());
      document.put("log", log.toString());
      document.put("jdbcUrl", suite.jdbcUrl());
      document.put("kafka", suite.kafkaBootstrap());
      document.put("readyMillis", suite.readyAfter().toMillis());
      setting.out().println(Session.compact(document));
      return;
    }
    var palette = setting.palette();
    setting
        .out()
        .println(
            palette.green("Omnibridge is ready")
                + " after "
                + Amounts.span(suite.readyAfter())
                + "; Ctrl-C stops it.");
    field("gRPC", palette.bold(suite.address()));
    field("data", directory);
    field("log", log);
    field("database", suite.jdbcUrl() + palette.dim("  user and password: run.json in the data"));
    field("Kafka", suite.kafkaBootstrap() + palette.dim("  joining"));
  }

  private void field(String name, Object value) {
    setting.out().println("  " + setting.palette().dim("%-10s".formatted(name)) + value);
  }

  private void tellKafka(Suite suite) {
    long began = System.nanoTime();
    var unused =
        suite
            .kafkaStarted()
            .whenComplete((_, failure) -> {
              Duration after = suite.readyAfter().plus(Duration.ofNanos(System.nanoTime() - began));
              tellKafka(after, failure);
            });
  }

  private void tellKafka(Duration after, @Nullable Throwable failure) {
    if (output.json()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("event", failure == null ? "kafka-joined" : "kafka-failed");
      document.put("afterMillis", after.toMillis());
      setting.out().println(Session.compact(document));
    } else if (failure == null) {
      setting.out().println("Kafka joined after " + Amounts.span(after) + ".");
    } else {
      setting
          .err()
          .println(
              setting.errorPalette().red("Kafka did not start")
                  + "; work goes on and events wait in the log until the next start.");
    }
  }

  /** Runs while the process ends, so it is bounded by the suite's own limits. */
  private void stop(Running<Suite> running, CountDownLatch stopped) {
    if (!running.isStartedOrStarting()) {
      return;
    }
    remark("Stopping ...");
    long began = System.nanoTime();
    boolean ended = running.stop();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    remark(ended ? "Stopped after " + Amounts.span(took) + "." : Running.LEFT);
    stopped.countDown();
  }

  private void remark(String text) {
    if (!output.json()) {
      setting.err().println(setting.errorPalette().dim(text));
    }
  }
}
