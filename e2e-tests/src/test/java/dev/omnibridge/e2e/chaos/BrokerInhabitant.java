// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.EmbeddedServerException;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.testkit.FaultProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** A Kafka broker as a process of its own, for everybody else behind its entrance. */
final class BrokerInhabitant implements Inhabitant {
  private static final int LIMIT_SECONDS = 30;

  /**
   * A third of it for one attempt; one that is given up while it goes on is in the next one's way.
   */
  private static final Duration START_LIMIT = Duration.ofMinutes(6);

  private final Path directory;
  private final int port = FreePorts.next();
  private final int listen = FreePorts.next();
  private final int advertise = FreePorts.next();
  private final FaultProxy entrance = FaultProxy.at(advertise, listen);
  private final List<String> ends = new ArrayList<>();
  private Process process;

  BrokerInhabitant(Path directory) throws IOException {
    this.directory = directory;
    this.process = launch();
  }

  /** The process: a broker until its standard input ends or it is told to stop. */
  public static void main(String[] args) throws IOException {
    var options =
        EmbeddedKafka.Options.in(Path.of(args[0]))
            .withPort(Integer.parseInt(args[1]))
            .withStartLimit(START_LIMIT)
            .withProxied(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    try {
      EmbeddedKafka broker = EmbeddedKafka.start(options);
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
      System.in.transferTo(OutputStream.nullOutputStream());
      System.exit(0);
    } catch (EmbeddedServerException failure) {
      // Its threads would keep the process alive.
      System.err.println(failure);
      System.exit(1);
    }
  }

  private Process launch() throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                BrokerInhabitant.class.getName(),
                directory.toString(),
                Integer.toString(port),
                Integer.toString(listen),
                Integer.toString(advertise)))
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(
                directory.resolveSibling(directory.getFileName() + ".log").toFile()))
        .start();
  }

  /** Where services find it: behind its entrance. */
  String bootstrapServers() {
    return "127.0.0.1:" + advertise;
  }

  /** Where those find it who are not cut off. */
  String directBootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void kill() throws Exception {
    note();
    process.destroyForcibly();
    gone();
  }

  @Override
  public void terminate() throws Exception {
    note();
    process.destroy();
    gone();
  }

  private void gone() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("The broker did not stop within " + LIMIT_SECONDS + " s");
    }
  }

  @Override
  public void start() throws IOException {
    process = launch();
  }

  @Override
  public void pause() throws Exception {
    note();
    Signals.stop(process.toHandle());
  }

  @Override
  public void wake() throws Exception {
    Signals.goOn(process.toHandle());
  }

  @Override
  public boolean serves() {
    note();
    try (var admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                directBootstrapServers(),
                "default.api.timeout.ms",
                2_000,
                "request.timeout.ms",
                2_000))) {
      return !admin.describeCluster().nodes().get(3, TimeUnit.SECONDS).isEmpty();
    } catch (Exception notYet) {
      return false;
    }
  }

  private void note() {
    if (!process.isAlive() && ends.isEmpty()) {
      ends.add(
          "the broker ended by itself with %d, seen at %s"
              .formatted(process.exitValue(), Instant.now()));
    }
  }

  @Override
  public FaultProxy entrance() {
    return entrance;
  }

  @Override
  public List<String> endedByItself() {
    note();
    return List.copyOf(ends);
  }

  @Override
  public void close() throws Exception {
    if (process.isAlive()) {
      wake();
      terminate();
    }
    entrance.close();
  }
}
