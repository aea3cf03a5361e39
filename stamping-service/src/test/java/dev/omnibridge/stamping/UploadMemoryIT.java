// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.Env;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of the service, as people start it, during uploads. */
class UploadMemoryIT {
  private static final long MIB = 1024 * 1024;
  private static final int PIECE = 1024 * 1024;
  private static final int NUMBER = 8;
  private static final long MOST_GROWTH = 64 * MIB;

  /** Fewer than the 100 calls of a connection. */
  private static final int CALLS = 64;

  @TempDir Path folder;

  @BeforeEach
  void procTells() {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "only where /proc tells");
  }

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
    try (var service = new ServiceScript(folder, Map.of())) {
      ManagedChannel channel = service.channel();
      try {
        ByteString piece = piece();
        upload(channel, 1, piece, 1).get(60, SECONDS);
        long before = service.kibibytes("VmRSS");
        long started = System.nanoTime();
        UploadStampResponse answer = upload(channel, 2, piece, mebibytes).get(300, SECONDS);
        double took = (System.nanoTime() - started) / 1e9;
        long growth = (service.kibibytes("VmHWM") - before) / 1024;

        System.out.printf(
            "%,d MiB in %.1f s, %.0f MiB/s; resident before %,d MiB, most growth %,d MiB%n",
            mebibytes, took, mebibytes / took, before / 1024, growth);
        assertThat(answer.getStamp().getFileSize()).isEqualTo(NUMBER + mebibytes * MIB);
        assertThat(growth * MIB).isLessThan(MOST_GROWTH);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** One thread hashes, so that uploads wait for each other; every client sends all the same. */
  @Test
  void shouldOutliveAsManyUploadsAtOnceAsItTakes() throws Exception {
    int most = StampingConfig.from(Env.of(Map.of())).uploads().atOnce();
    int mebibytes = 4;
    ByteString piece = piece();
    try (var service = new ServiceScript(folder, Map.of("STAMPING_HASH_THREADS", "1"))) {
      List<ManagedChannel> channels =
          IntStream.rangeClosed(0, most / CALLS).mapToObj(_ -> service.channel()).toList();
      try {
        long before = service.kibibytes("VmRSS");
        long started = System.nanoTime();
        List<CompletableFuture<UploadStampResponse>> answers =
            IntStream.range(0, most)
                .mapToObj(call -> upload(channels.get(call / CALLS), call, piece, mebibytes))
                .toList();
        for (var answer : answers) {
          assertThat(answer.get(300, SECONDS).getStamp().getFileSize())
              .isEqualTo(NUMBER + mebibytes * MIB);
        }
        double took = (System.nanoTime() - started) / 1e9;
        System.out.printf(
            "%d uploads at once of %d MiB in %.1f s, %.0f MiB/s; resident before %,d MiB, most %,d MiB%n",
            most,
            mebibytes,
            took,
            most * mebibytes / took,
            before / 1024,
            service.kibibytes("VmHWM") / 1024);
      } finally {
        service.assertLives();
        channels.forEach(ManagedChannel::shutdownNow);
      }
    }
  }

  /** Bytes that are no text. */
  private static ByteString piece() {
    byte[] bytes = new byte[PIECE];
    new Random(1).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** The file differs from every other by its first bytes. */
  private static CompletableFuture<UploadStampResponse> upload(
      ManagedChannel channel, int number, ByteString piece, int pieces) {
    return UploadClient.upload(
        channel,
        StampOptions.getDefaultInstance(),
        Stream.concat(
                Stream.of(ByteString.copyFromUtf8("%08d".formatted(number))),
                Stream.generate(() -> piece).limit(pieces))
            .iterator(),
        Duration.ofMinutes(5));
  }
}
