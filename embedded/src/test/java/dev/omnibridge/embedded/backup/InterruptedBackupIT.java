// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups and restores of real servers that are broken off, and put back what they had changed. */
class InterruptedBackupIT implements SavedServers {
  private static final String NOWHERE = "true";

  @TempDir private Path root = Path.of("");

  @Override
  public Path root() {
    return root;
  }

  @AfterEach
  void forget() {
    boolean unused = Thread.interrupted();
  }

  private static void interrupt() {
    Thread.currentThread().interrupt();
  }

  private SavedBackup save(EmbeddedPostgres server, BaseBackup.Progress progress)
      throws IOException {
    return new BaseBackup(area(), source(), Duration.ofSeconds(30), progress)
        .make(Recovery.addressOf(server));
  }

  private void assertUntouched(EmbeddedPostgres server) throws IOException {
    try (var left = Files.list(area().base())) {
      assertThat(left).isEmpty();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> {
          try (var connection = connect(server)) {
            assertThat(new Archiving(connection).setting().command()).isEqualTo(NOWHERE);
          }
        });
  }

  @Test
  void shouldArchiveAsBeforeAndLeaveNoDraftWhenItIsInterruptedWhileItCopies() throws IOException {
    try (var server = begin()) {
      assertThatThrownBy(() -> save(server, (_, _) -> interrupt()))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("interrupted");

      assertUntouched(server);
    }
  }

  @Test
  void shouldArchiveAsBeforeAndLeaveNoDraftWhenItIsInterruptedWhileItWaitsForTheArchive()
      throws IOException {
    try (var server = begin()) {
      var worker = new CompletableFuture<Thread>();
      var saving = onThread(worker, () -> save(server, (_, _) -> stopArchivingOnce()));
      await().atMost(Duration.ofMinutes(1)).until(this::hasLabel);
      worker.join().interrupt();

      assertInterrupted(saving);
      assertUntouched(server);
    }
  }

  /** What is done to real servers. */
  private interface Work {
    Object run() throws IOException;
  }

  private static CompletableFuture<Object> onThread(CompletableFuture<Thread> worker, Work work) {
    return CompletableFuture.supplyAsync(
        () -> {
          boolean unused = worker.complete(Thread.currentThread());
          try {
            return work.run();
          } catch (IOException failure) {
            throw new UncheckedIOException(failure);
          }
        },
        task -> Thread.ofPlatform().start(task));
  }

  private static void assertInterrupted(CompletableFuture<Object> working) {
    assertThat(working)
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableThat()
        .withCauseInstanceOf(BackupException.class)
        .withMessageMatching("(?is).*interrupt.*");
  }

  private void stopArchivingOnce() {
    try {
      boolean unused = Files.deleteIfExists(area().root().resolve("archive-wal.sh"));
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private boolean hasLabel() throws IOException {
    if (!Files.isDirectory(area().base())) {
      return false;
    }
    try (var drafts = Files.list(area().base())) {
      return drafts.anyMatch(
          draft -> Files.exists(draft.resolve("cluster").resolve("backup_label")));
    }
  }

  @Test
  void shouldStartAndStopWhatIsInterruptedFromTheBeginning() throws IOException {
    var unused = begin();
    unused.close();
    interrupt();

    try (var server = start(source())) {
      assertThatThrownBy(() -> save(server, (_, _) -> {})).isInstanceOf(BackupException.class);
      assertThat(server.isRunning()).isTrue();
    }

    assertThat(Thread.interrupted()).isTrue();
    assertThat(source().running()).isEmpty();
  }

  @Test
  void shouldLeaveTheDataOfBeforeWhenARestoreIsInterrupted() throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)");
    SavedBackup backup = save(server);
    run(server, MORE);
    server.close();
    Recovery.Order order = order(backup, Optional.empty(), true);

    for (long from : new long[] {0, backup.bytes()}) {
      var restore = new Recovery(area(), source(), (done, _) -> interruptFrom(from, done), _ -> {});
      assertThatThrownBy(() -> restore.run(order))
          .isInstanceOf(BackupException.class)
          .hasMessageMatching("(?is).*interrupt.*");
      boolean unused = Thread.interrupted();
    }
    var worker = new CompletableFuture<Thread>();
    var restoring = onThread(worker, () -> into(source()).run(order));
    Path begun = source().unfinishedRestore();
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofMinutes(1))
        .until(() -> Files.exists(begun));
    worker.join().interrupt();

    assertInterrupted(restoring);
    assertThat(begun).doesNotExist();
    assertThat(source().running()).isEmpty();
    try (var asBefore = start(source())) {
      assertThat(rows(asBefore)).isEqualTo(1000);
    }
  }

  private static void interruptFrom(long bytes, long done) {
    if (done >= bytes) {
      interrupt();
    }
  }
}
