// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.awaitility.Awaitility.await;

import dev.omnibridge.bridge.suite.RunFile;
import dev.omnibridge.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** {@code ./bridge up} as a process of its own, to be killed. */
final class SuiteProcess implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** What a test that failed, or was given up, has left running. */
  private static final Set<Process> STARTED = endedWithTheJvm();

  private final Path data;
  private final Process process;
  private final RunFile run;

  private SuiteProcess(Path data, Process process, RunFile run) {
    this.data = data;
    this.process = process;
    this.run = run;
  }

  private static Set<Process> endedWithTheJvm() {
    Set<Process> started = ConcurrentHashMap.newKeySet();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endAll(started), "end-suites"));
    return started;
  }

  /** SIGTERM first: one that is killed leaves its PostgreSQL behind. */
  private static void endAll(Set<Process> started) {
    started.forEach(Process::destroy);
    for (Process process : started) {
      process
          .onExit()
          .completeOnTimeout(process, STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)
          .join()
          .destroyForcibly();
    }
  }

  /**
   * Starts it on a data directory and waits until it accepts submissions.
   *
   * @param options for Java, besides those that it always has
   */
  static SuiteProcess up(Path data, Map<String, String> environment, String... options)
      throws IOException {
    Path jar = Path.of("..", "bridge-cli", "target", "bridge.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing; this test runs after mvn package");
    }
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx768m", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(List.of("up", "--data", data.toString(), "--port", "0"));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    data.resolveSibling(data.getFileName() + ".log").toFile()));
    builder.environment().putAll(environment);
    var process = builder.start();
    STARTED.add(process);
    try {
      return new SuiteProcess(data, process, awaitRunning(data, process));
    } catch (Throwable failure) {
      Closing.after(failure, () -> end(data, process));
      throw failure;
    }
  }

  private static RunFile awaitRunning(Path data, Process process) {
    return await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("bridge up ended with " + process.exitValue());
              }
              return RunFile.ofRunning(data);
            },
            found -> found.isPresent() && found.get().pid() == process.pid())
        .orElseThrow();
  }

  Stack client() {
    return new Stack(run.endpoints());
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL to the JVM alone; its PostgreSQL is left behind. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /** SIGKILL to PostgreSQL and the JVM together. */
  void killWithPostgres() throws Exception {
    Path pidFile = data.resolve("postgres").resolve("cluster").resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
    var server = ProcessHandle.of(pid).orElseThrow();
    var children = server.descendants().toList();
    server.destroyForcibly();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /** SIGTERM, and the time to stop cleanly. */
  @Override
  public void close() throws Exception {
    end(data, process);
  }

  /** With the PostgreSQL that it has left if it was killed. */
  private static void end(Path data, Process process) throws Exception {
    Closing.all(() -> stop(process), () -> EmbeddedPostgres.stopOrphan(data.resolve("postgres")));
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_LIMIT)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("bridge up did not stop within %s of SIGTERM".formatted(STOP_LIMIT));
    }
  }
}
