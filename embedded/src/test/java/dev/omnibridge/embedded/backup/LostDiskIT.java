// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.PostgresDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores of servers whose disks have, or had, what the archive had not got. */
class LostDiskIT implements SavedServers {
  @TempDir private Path root = Path.of("");

  @Override
  public Path root() {
    return root;
  }

  @Test
  void shouldLeaveInTheArchiveWhatOnlyLostDisksHad() throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)");
    SavedBackup backup = save(server);
    stopArchiving();
    run(server, MORE, "select pg_switch_wal()", MORE, "select pg_switch_wal()", MORE);
    String lastWal = lastWal(server);
    server.kill();
    server.close();

    Recovery recovery = into(source());
    var first = recovery.run(order(backup, Optional.empty(), true));
    assertThat(first.savedWal())
        .isGreaterThan(2)
        .isEqualTo(WalArchive.place(lastWal) - WalArchive.place(backup.stopWal()));
    stopArchiving();
    recovery.finish(first);
    run(first.server(), MORE, "select pg_switch_wal()", MORE);
    first.server().kill();
    first.server().close();
    assertThat(archived()).noneMatch(file -> file.startsWith("00000002"));

    var second = restore(backup, Optional.empty(), true);
    assertThat(rows(second.server())).isEqualTo(5000);
    run(second.server(), MORE);
    awaitArchived(second.server());
    second.server().close();
    assertThat(archived()).contains("00000002.history", "00000003.history");

    Trees.delete(source().home());
    var third = restore(backup, Optional.empty(), false);
    assertThat(third.savedWal()).isZero();
    assertThat(third.missingWal()).isEmpty();
    assertThat(rows(third.server())).isEqualTo(6000);
    third.server().close();
  }

  @Test
  void shouldMissNoArchivedFileThatTheLostDiskStillHad() throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)");
    SavedBackup backup = save(server);
    run(server, MORE);
    Instant between = Instant.now();
    await().until(() -> Instant.now().isAfter(between.plusMillis(50)));
    run(server, MORE, "select pg_switch_wal()", MORE);
    String lost = lastWal(server);
    awaitArchived(server);
    run(server, MORE);
    awaitArchived(server);
    run(server, MORE);
    server.kill();
    server.close();
    try (var files = Files.newDirectoryStream(area().walDirectory(), lost + "*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    assertThat(area().wal().from(backup.startWal()).missing()).contains(lost);

    var elsewhere =
        new PostgresDirectory(Files.createDirectories(root.resolve("a look")).toRealPath());
    var early = into(elsewhere).run(order(backup, Optional.of(between), false));
    assertThat(rows(early.server())).isEqualTo(1000);
    assertThat(early.missingWal()).as("nothing before that time is missing").isEmpty();
    early.server().close();

    var restored = restore(backup, Optional.empty(), true);
    assertThat(rows(restored.server())).isEqualTo(5000);
    assertThat(restored.missingWal()).isEmpty();
    assertThat(restored.savedWal()).isEqualTo(2);
    restored.server().close();
    assertThat(area().wal().has(lost)).isTrue();
  }

  @Test
  void shouldServeNobodyBeforeARestoreIsFinishedAndTakeItUpAgain()
      throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)", "insert into t select generate_series(1, 1000)");
    SavedBackup backup = save(server);
    run(server, "insert into t select generate_series(1, 1000)");
    server.kill();
    server.close();

    var begun = into(source()).run(order(backup, Optional.empty(), true));
    begun.server().kill();
    begun.server().close();
    assertThatThrownBy(() -> start(source())).hasMessageContaining("begun and not finished");
    Trees.delete(source().cluster());
    assertThatThrownBy(() -> start(source())).hasMessageContaining("begun and not finished");

    var whole = restore(backup, Optional.empty(), true);
    assertThat(rows(whole.server())).isEqualTo(2000);
    assertThat(whole.savedWal()).isPositive();
    whole.server().close();
    try (var after = start(source())) {
      assertThat(rows(after)).isEqualTo(2000);
    }
  }
}
