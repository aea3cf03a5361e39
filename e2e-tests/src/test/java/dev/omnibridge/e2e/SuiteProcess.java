// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.awaitility.Awaitility.await;

import dev.omnibridge.bridge.suite.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code ./bridge up} as a process of its own, to be killed. */
final class SuiteProcess implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Path data;
  private final Process process;
  private final RunFile run;

  private SuiteProcess(Path data, Process process, RunFile run) {
    this.data = data;
    this.process = process;
    this.run = run;
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
    var run =
        await()
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
    return new SuiteProcess(data, process, run);
  }

  Stack client() {
    return new Stack(run.endpoints());
  }

  long pid() {
    return process.pid();
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
    process.destroy();
    if (!process.waitFor(STOP_LIMIT)) {
      process.destroyForcibly();
      throw new AssertionError("bridge up did not stop within %s of SIGTERM".formatted(STOP_LIMIT));
    }
  }
}
