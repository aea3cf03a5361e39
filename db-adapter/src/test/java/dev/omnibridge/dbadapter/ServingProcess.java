// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A db-adapter in a process of its own, to be killed. */
final class ServingProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final ManagedChannel channel;
  private final Path log;

  private ServingProcess(Process process, int port, Path log) {
    this.process = process;
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    this.log = log;
  }

  /** Returns when it serves. */
  static ServingProcess start(Settings settings, int port, Path directory) throws IOException {
    var log = directory.resolve("db-adapter.log");
    var builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    DbAdapter.class.getName()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(settings.variables());
    builder.environment().put("DB_ADAPTER_PORT", Integer.toString(port));
    builder.environment().put("CLUSTER", "false");
    var started = new ServingProcess(builder.start(), port, log);
    await().atMost(START_LIMIT).pollInterval(Duration.ofMillis(20)).until(started::serves);
    return started;
  }

  private boolean serves() {
    if (!process.isAlive()) {
      throw new IllegalStateException("It ended with " + process.exitValue() + "; see " + log);
    }
    try {
      channel.resetConnectBackoff();
      return HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus()
          == ServingStatus.SERVING;
    } catch (StatusRuntimeException notYet) {
      return false;
    }
  }

  ManagedChannel channel() {
    return channel;
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    channel.shutdownNow();
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("It does not end");
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
