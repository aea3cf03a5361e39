// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resident memory of the service, as a process with its usual options, during an upload. */
class UploadMemoryIT {
  private static final long MIB = 1024 * 1024;
  private static final int PIECE = 1024 * 1024;
  private static final long MOST_GROWTH = 64 * MIB;

  @TempDir Path folder;

  @Test
  void shouldNotGrowWithAnUpload() throws Exception {
    assertGrowsLittle(256);
  }

  @Test
  @Tag("long")
  void shouldNotGrowWithAnUploadOfTenGibibytes() throws Exception {
    assertGrowsLittle(10 * 1024);
  }

  private void assertGrowsLittle(int mebibytes) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "only where /proc tells");
    Vertx vertx = Vertx.vertx();
    Edge store = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of()));
    new StoreModel().offerOn(store);
    int storePort = store.listen().await(30, SECONDS);
    int port = FreePorts.next();
    Process service = start(port, storePort);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> serves(channel));
      upload(channel, 1);
      long before = kibibytes(service, "VmRSS");
      long started = System.nanoTime();
      UploadStampResponse answer = upload(channel, mebibytes);
      double took = (System.nanoTime() - started) / 1e9;
      long growth = (kibibytes(service, "VmHWM") - before) / 1024;

      System.out.printf(
          "%,d MiB in %.1f s, %.0f MiB/s; resident before %,d MiB, most growth %,d MiB%n",
          mebibytes, took, mebibytes / took, before / 1024, growth);
      assertThat(answer.getStamp().getFileSize()).isEqualTo(mebibytes * MIB);
      assertThat(growth * MIB).isLessThan(MOST_GROWTH);
    } finally {
      channel.shutdownNow();
      service.destroyForcibly();
      assertThat(service.waitFor(30, SECONDS)).isTrue();
      store.close().await(30, SECONDS);
      vertx.close().await(30, SECONDS);
    }
  }

  private Process start(int port, int storePort) throws IOException {
    var builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StampingService.class.getName()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("service.log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "STAMPING_PORT",
                Integer.toString(port),
                "DB_ADAPTER_ADDRESS",
                "127.0.0.1:" + storePort,
                "CLUSTER",
                "false"));
    return builder.start();
  }

  private static boolean serves(ManagedChannel channel) {
    channel.resetConnectBackoff();
    return HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(2, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus()
        == ServingStatus.SERVING;
  }

  /** Bytes that are no text, and others in every upload. */
  private static UploadStampResponse upload(ManagedChannel channel, int mebibytes)
      throws Exception {
    byte[] bytes = new byte[PIECE];
    new Random(mebibytes).nextBytes(bytes);
    ByteString piece = ByteString.copyFrom(bytes);
    return UploadClient.upload(
            channel,
            StampOptions.getDefaultInstance(),
            Stream.generate(() -> piece).limit(mebibytes).iterator(),
            Duration.ofMinutes(5))
        .get(300, SECONDS);
  }

  private static long kibibytes(Process process, String what) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith(what + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
