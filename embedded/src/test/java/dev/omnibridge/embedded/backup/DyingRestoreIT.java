// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores of real servers that die when their recovery is done and they are to be finished. */
class DyingRestoreIT implements SavedServers {
  @TempDir private Path root = Path.of("");

  @Override
  public Path root() {
    return root;
  }

  @Test
  void shouldRestoreEverythingAfterARestoreToATimeThatDiedBeforeItsEnd()
      throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)");
    SavedBackup backup = save(server);
    run(server, MORE);
    Instant between = Instant.now();
    await().until(() -> Instant.now().isAfter(between.plusMillis(50)));
    run(server, MORE, MORE);
    awaitArchived(server);
    server.kill();
    server.close();

    Recovery recovery = into(source());
    var begun = recovery.run(order(backup, Optional.of(between), true));
    assertThat(rows(begun.server())).isEqualTo(1000);
    Path mark = source().unfinishedRestore();
    Path kept = Files.move(mark, root.resolve("the mark"));
    Path unused = Files.createDirectories(mark.resolve("cannot be removed"));
    assertThatThrownBy(() -> recovery.finish(begun)).hasMessageContaining("restore again");
    begun.server().close();
    Trees.delete(mark);
    unused = Files.move(kept, mark);

    assertThat(archived()).noneMatch(file -> file.startsWith("00000002"));
    var whole = restore(backup, Optional.empty(), true);
    assertThat(rows(whole.server())).isEqualTo(3000);
    whole.server().close();
  }

  @Test
  void shouldArchiveFromTheNextStartOnWhenItDiesAfterItsEnd() throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)");
    SavedBackup backup = save(server);
    run(server, MORE);
    server.kill();
    server.close();

    Recovery recovery = into(source());
    var restored = recovery.run(order(backup, Optional.empty(), true));
    // PostgreSQL takes no setting over while it cannot read one of them.
    Path unused =
        Files.writeString(
            source().cluster().resolve("omnibridge.conf"), "nonsense\n", StandardOpenOption.APPEND);
    var finishing = CompletableFuture.runAsync(() -> recovery.finish(restored));
    Path mark = source().unfinishedRestore();
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.notExists(mark));
    restored.server().kill();
    assertThatThrownBy(finishing::join).hasMessageContaining("from its next start on");
    restored.server().close();
    assertThat(archived()).noneMatch(file -> file.startsWith("00000002"));

    try (var next = start(source())) {
      assertThat(rows(next)).isEqualTo(1000);
      awaitArchived(next);
    }
    assertThat(archived()).contains("00000002.history");
  }
}
