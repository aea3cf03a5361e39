// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The service as people start it, by bin/stamping-service, with a store in this process. */
final class ServiceScript implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Edge store = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of()));
  private final int port = FreePorts.next();
  private final Path log;
  private final Process process;

  ServiceScript(Path folder, Map<String, String> environment) throws Exception {
    new StoreModel().offerOn(store);
    int storePort = store.listen().await(30, SECONDS);
    log = folder.resolve("service.log");
    var builder =
        new ProcessBuilder(Path.of("..", "bin", "stamping-service").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "OMNIBRIDGE_BUILD",
                "never",
                "OMNIBRIDGE_DATA",
                folder.toString(),
                "STAMPING_PORT",
                Integer.toString(port),
                "DB_ADAPTER_ADDRESS",
                "127.0.0.1:" + storePort,
                "CLUSTER",
                "false"));
    builder.environment().putAll(environment);
    process = builder.start();
    try {
      awaitServing();
    } catch (Throwable failure) {
      closeFor(failure);
      throw failure;
    }
  }

  private void awaitServing() {
    ManagedChannel channel = channel();
    try {
      await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> serves(channel));
    } finally {
      channel.shutdownNow();
    }
  }

  /** Nobody else closes what never was. */
  private void closeFor(Throwable failure) {
    try {
      close();
    } catch (Exception another) {
      failure.addSuppressed(another);
    }
  }

  ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static boolean serves(ManagedChannel channel) {
    channel.resetConnectBackoff();
    return HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(2, SECONDS)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus()
        == ServingStatus.SERVING;
  }

  /** The script runs the JVM in its own place, so that its number is the process's. */
  long kibibytes(String what) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith(what + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  void assertLives() throws IOException {
    assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly();
    assertThat(process.waitFor(30, SECONDS)).isTrue();
    store.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }
}
