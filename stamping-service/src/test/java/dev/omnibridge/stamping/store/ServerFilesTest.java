// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.stamp.FileDigest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many files at once, while the only worker is busy. */
class ServerFilesTest {
  private final Vertx vertx = Vertx.vertx();
  private final CountDownLatch busy = new CountDownLatch(1);

  @TempDir Path root;

  @AfterEach
  void stop() throws Exception {
    busy.countDown();
    vertx.close().await(10, SECONDS);
  }

  /** What stands for a pipe is a thread that waits. */
  @Test
  void shouldGiveUpAFileThatDoesNotOpen() throws Exception {
    Path file = Files.writeString(root.resolve("small"), "a");
    var openers = vertx.createSharedWorkerExecutor("openers", 1);
    openers.executeBlocking(() -> {
      busy.await();
      return true;
    });
    var hashing = new Hashing(vertx.createSharedWorkerExecutor("hashing", 1));
    var files = new ServerFiles(List.of(root), hashing, openers, Duration.ofMillis(50));

    assertThat(
            catchThrowableOfType(
                    Fault.class,
                    () -> files.hash(file.toString(), CallScope.current()).await(10, SECONDS))
                .reason())
        .isEqualTo("FILE_TIMEOUT");
    assertThat(hashing.run(1 << 20, () -> true).await(10, SECONDS)).isTrue();
  }

  @Test
  void shouldCountAFileForWhatItHolds() throws Exception {
    byte[] bytes = {1, 2, 3};
    Path file = Files.write(root.resolve("small"), bytes);
    var workers = vertx.createSharedWorkerExecutor("busy", 1);
    workers.executeBlocking(() -> {
      busy.await();
      return true;
    });
    var hashing = new Hashing(workers);
    var openers = vertx.createSharedWorkerExecutor("openers", 4);
    var files = new ServerFiles(List.of(root), hashing, openers, Duration.ofMinutes(1));
    List<Future<Hashed>> fit =
        IntStream.range(0, 256)
            .mapToObj(_ -> files.hash(file.toString(), CallScope.current()))
            .toList();
    Future<Hashed> tooMany = files.hash(file.toString(), CallScope.current());

    assertThat(((Fault) tooMany.cause()).reason()).isEqualTo("HASHING_BUSY");
    busy.countDown();
    Future.all(fit).await(10, SECONDS);
    assertThat(fit)
        .allSatisfy(one -> assertThat(one.result().digests()).isEqualTo(FileDigest.of(bytes)));
    assertThat(files.hash(file.toString(), CallScope.current()).await(10, SECONDS).digests())
        .isEqualTo(FileDigest.of(bytes));
  }
}
