// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Logs;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.suite.Servers;
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

/** Runs only what the services stand on, for services that are started one by one. */
@Command(
    name = "servers",
    description = {
      "Runs the PostgreSQL and the Kafka broker of ./bridge up without the services, on the same"
          + " data, until a signal stops them.",
      "Prints the environment by which services find them, to a pipe or a file only the command"
          + " that reads it, without the password; bin/orchestrator and the others take it from the"
          + " file of themselves when nothing else is set."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge servers &                      once it is ready: bin/db-adapter & bin/orchestrator & ...",
      "  ./bridge servers --postgres-port 0 --kafka-port 0 --env-file /tmp/servers.env"
    })
final class ServersCommand implements Callable<Integer> {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String PASSWORD = "PGPASSWORD";

  private final Setting setting;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data is; OMNIBRIDGE_DATA, else .omnibridge in the project, without.")
  private @Nullable Path data;

  @Option(
      names = {"--postgres-port", "--pg-port"},
      paramLabel = "PORT",
      description = "Of PostgreSQL (default: ${DEFAULT-VALUE}; 0: any).")
  private int postgresPort = 5432;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description = "Of Kafka (default: ${DEFAULT-VALUE}; 0: any).")
  private int kafkaPort = 9092;

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "Where the environment is written too (default: servers.env in the data).")
  private @Nullable Path environmentFile;

  @Mixin private OutputOptions output = new OutputOptions();

  ServersCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    SuiteStart.requirePort(postgresPort, "--postgres-port");
    SuiteStart.requirePort(kafkaPort, "--kafka-port");
    Path directory = data == null ? setting.data() : data.toAbsolutePath().normalize();
    Path file =
        environmentFile == null
            ? directory.resolve(Servers.ENVIRONMENT_FILE)
            : environmentFile.toAbsolutePath().normalize();
    Path log = Logs.toFiles(directory);
    var stopped = new CountDownLatch(1);
    var running = new Running<Servers>(Servers::close);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running, stopped), "stop"));
    remark("Starting PostgreSQL and Kafka on " + directory + " ...");
    long began = System.nanoTime();
    Servers servers = running.start(() -> SuiteStart.servers(options(directory), file, log));
    ready(servers, file, Duration.ofNanos(System.nanoTime() - began));
    stopped.await();
    return ExitCode.OK.code();
  }

  private SuiteOptions options(Path directory) {
    return SuiteOptions.in(directory).withPostgresPort(postgresPort).withKafkaPort(kafkaPort);
  }

  private void ready(Servers servers, Path file, Duration after) {
    if (output.json()) {
      ObjectNode document = JSON.objectNode();
      document.put("event", "ready");
      document.put("readyMillis", after.toMillis());
      document.put("environmentFile", file.toString());
      ObjectNode environment = document.putObject("environment");
      servers
          .environment()
          .forEach((name, value) -> {
            if (setting.outIsTerminal() || !name.equals(PASSWORD)) {
              environment.put(name, value);
            }
          });
      setting.out().println(Session.compact(document));
      return;
    }
    if (setting.outIsTerminal()) {
      setting.out().print(servers.exports());
    } else {
      setting.out().println(". '%s'".formatted(file.toString().replace("'", "'\\''")));
    }
    setting.out().flush();
    remark(
        "Ready after %s; the environment is in %s while this runs. Ctrl-C stops it."
            .formatted(Amounts.span(after), file));
  }

  /** Runs while the process ends, so it is bounded by the servers' own limits. */
  private void stop(Running<Servers> running, CountDownLatch stopped) {
    if (running.isStartedOrStarting()) {
      remark("Stopping ...");
      remark(running.stop() ? "Stopped." : Running.LEFT);
      stopped.countDown();
    }
  }

  private void remark(String text) {
    if (!output.json()) {
      setting.err().println(setting.errorPalette().dim(text));
    }
  }
}
