// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a process tells that it cannot start, and how it ends when it has not started. */
class ServiceIT {
  @TempDir private Path directory = Path.of("");
  private final List<Process> started = new ArrayList<>();

  /** A service that waits for something for ever, as it does for a database that is not there. */
  static final class Waiting extends VerticleBase {
    public static void main(String[] arguments) {
      Service.run(
          Peer.DB_ADAPTER,
          List.of(arguments),
          (env, _) -> {
            int unused = env.integer("WAITING", 1, 1, 1);
            return new Waiting();
          });
    }

    @Override
    public Future<?> start() {
      System.out.println("waiting");
      Promise<Object> never = Promise.promise();
      return never.future();
    }
  }

  /** A service that has started, does not stop cleanly, and leaves something behind for Vert.x. */
  static final class Unclean extends VerticleBase {
    public static void main(String[] arguments) {
      Service.run(Peer.DB_ADAPTER, List.of(arguments), (_, _) -> new Unclean());
    }

    @Override
    public Future<?> start() {
      // From a thread of its own, so that it is no child of this one.
      return Future.future(deployed ->
          Thread.ofPlatform()
              .start(() -> vertx.deployVerticle(new LeftBehind()).onComplete(deployed)));
    }

    @Override
    public Future<?> stop() {
      return Future.failedFuture("it cannot be stopped");
    }
  }

  private static final class LeftBehind extends VerticleBase {
    @Override
    public Future<?> stop() {
      System.out.println("nothing is left behind");
      return Future.succeededFuture();
    }
  }

  private record Running(Process process, Path out, Path err) {
    int end() throws InterruptedException {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    String told() throws IOException {
      return Files.readString(err);
    }

    String logged() throws IOException {
      return Files.readString(out);
    }
  }

  private Running run(Map<String, String> environment) throws IOException {
    return run(Waiting.class, environment);
  }

  private Running run(Class<?> service, Map<String, String> environment) throws IOException {
    // It lives for seconds, in which the better compiler would be busy for nothing.
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            service.getName());
    builder.environment().put("CLUSTER", "false");
    builder.environment().putAll(environment);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    started.add(process);
    return new Running(process, out, err);
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private static String sentences(String told) {
    return told.lines().filter(line -> line.startsWith("db-adapter: ")).reduce("", String::concat);
  }

  @Test
  void shouldSayWhichPortIsTakenAndByWhichVariableItIsSet() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Running service = run(Map.of("DB_ADAPTER_PORT", port));
      assertThat(service.end()).isEqualTo(2);
      assertThat(sentences(service.told()))
          .contains("127.0.0.1:" + port + " cannot be listened on")
          .contains("in use")
          .contains("DB_ADAPTER_PORT");
      assertThat(service.told() + service.logged()).doesNotContain("\tat ");
    }
  }

  @Test
  void shouldSayThatAHostIsNotKnown() throws Exception {
    Running service = run(Map.of("BIND_HOST", "no-such-host.invalid", "DB_ADAPTER_PORT", "0"));
    assertThat(service.end()).isEqualTo(2);
    assertThat(sentences(service.told())).contains("no-such-host.invalid:0").contains("BIND_HOST");
    assertThat(service.told() + service.logged()).doesNotContain("\tat ");
  }

  @Test
  void shouldReportTheProblemsOfAllPartsAtOnce() throws Exception {
    Running service =
        run(
            Map.of(
                "DB_ADAPTER_PORT", "x",
                "REDUCER_ADDRESS", "y",
                "CLUSTER_PORT", "z",
                "WAITING", "2"));
    assertThat(service.end()).isEqualTo(2);
    assertThat(sentences(service.told()))
        .contains("DB_ADAPTER_PORT=x", "REDUCER_ADDRESS=y", "CLUSTER_PORT=z", "WAITING=2");
  }

  @Test
  void shouldEndQuietlyWhenASignalBreaksOffItsStart() throws Exception {
    Running service = run(Map.of("DB_ADAPTER_PORT", "0"));
    await().atMost(Duration.ofSeconds(60)).until(() -> service.logged().contains("waiting"));
    long began = System.nanoTime();
    service.process().destroy();
    assertThat(service.end()).isEqualTo(143);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    assertThat(service.told() + service.logged())
        .doesNotContain("service cannot start")
        .doesNotContain("\tat ");
  }

  @Test
  void shouldStopTheRestAlsoWhenOnePartDoesNotStop() throws Exception {
    Running service = run(Unclean.class, Map.of("DB_ADAPTER_PORT", "0"));
    await().atMost(Duration.ofSeconds(60)).until(() -> service.told().contains("service started"));

    service.process().destroy();

    assertThat(service.end()).isEqualTo(143);
    assertThat(service.told()).contains("it cannot be stopped");
    assertThat(service.logged()).contains("nothing is left behind");
  }
}
