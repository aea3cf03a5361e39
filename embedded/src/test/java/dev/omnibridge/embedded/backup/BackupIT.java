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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers, saved, killed and restored; names with blanks, because people have them. */
class BackupIT implements SavedServers {
  @TempDir private Path root = Path.of("");

  @Override
  public Path root() {
    return root;
  }

  @Test
  void shouldRestoreToTheEndAndToATime() throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)", "insert into t select generate_series(1, 1000)");
    SavedBackup backup = save(server);
    run(server, "insert into t select generate_series(1, 1000)", "select pg_switch_wal()");
    Instant between = Instant.now();
    await().until(() -> Instant.now().isAfter(between.plusMillis(50)));
    run(server, "insert into t select generate_series(1, 1000)");
    server.kill();
    server.close();

    assertThatThrownBy(() -> restore(backup, Optional.empty(), false))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("--force");
    var whole = restore(backup, Optional.empty(), true);
    assertThat(rows(whole.server())).isEqualTo(3000);
    assertThat(whole.timeline()).isEqualTo(2);
    assertThat(whole.savedWal()).isPositive();
    assertThat(whole.archiving()).isTrue();
    whole.server().close();

    var earlier = restore(backup, Optional.of(between), true);
    assertThat(rows(earlier.server())).isEqualTo(2000);
    assertThat(earlier.lastCommit()).isBefore(between);
    earlier.server().close();

    assertThatThrownBy(
            () -> restore(backup, Optional.of(Instant.now().plus(Duration.ofDays(1))), true))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("ends before the time");
    try (var asBefore = start(source())) {
      assertThat(rows(asBefore)).isEqualTo(2000);
    }
  }

  @Test
  void shouldLeaveTheArchiveToTheOriginalWhenItIsRestoredElsewhere()
      throws IOException, SQLException {
    var server = begin();
    run(server, "create table t (i int)", "insert into t select generate_series(1, 1000)");
    SavedBackup backup = save(server);
    run(server, "insert into t select generate_series(1, 1000)");
    server.close();
    List<String> before = archived();

    var elsewhere =
        new PostgresDirectory(Files.createDirectories(root.resolve("a look")).toRealPath());
    Recovery recovery = into(elsewhere);
    var copy = recovery.run(order(backup, Optional.empty(), false));
    recovery.finish(copy);
    assertThat(copy.archiving()).isFalse();
    run(copy.server(), "insert into t values (1)", "select pg_switch_wal()");
    copy.server().close();
    try (var again = start(elsewhere)) {
      run(again, "insert into t values (1)", "select pg_switch_wal()");
      var saving = new BaseBackup(area(), elsewhere, Duration.ofSeconds(30), (_, _) -> {});
      assertThatThrownBy(() -> saving.make(Recovery.addressOf(again)))
          .hasMessageContaining("has backups of");
    }
    assertThat(archived()).isEqualTo(before);

    var original = restore(backup, Optional.empty(), true);
    assertThat(rows(original.server())).isEqualTo(2000);
    awaitArchived(original.server());
    original.server().close();
    assertThat(archived()).contains("00000002.history");
    assertThat(Verification.of(area(), backup, (_, _) -> {}).good()).isTrue();
  }

  @Test
  void shouldArchiveAsBeforeWhenTheFirstBackupFails() throws IOException, SQLException {
    try (var server = begin()) {
      Path space = Files.createDirectory(root.resolve("space"));
      run(server, "create tablespace outside location '%s'".formatted(space));

      assertThatThrownBy(() -> save(server)).hasMessageContaining("tablespaces");

      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> {
            try (var connection = connect(server)) {
              assertThat(new Archiving(connection).setting().command()).isEqualTo("true");
            }
          });
    }
  }

  @Test
  void shouldTellADamagedBackupAndKeepOnlyTheYoungest() throws IOException, SQLException {
    try (var server = begin()) {
      run(server, "create table t (i int)");
      SavedBackup first = save(server);
      run(server, "insert into t values (1)");
      SavedBackup second = save(server);
      assertThat(Verification.of(area(), first, (_, _) -> {}).good()).isTrue();
      assertThat(area().choose(Optional.empty(), Optional.of(first.finished()))).isEqualTo(first);

      assertThat(BaseBackup.keep(area(), 1).backups()).containsExactly(first.id());
      assertThat(area().backups()).containsExactly(second);
      assertThat(Verification.of(area(), second, (_, _) -> {}).good()).isTrue();

      Files.writeString(area().files(second).resolve("PG_VERSION"), "7\n");
      var found = Verification.of(area(), second, (_, _) -> {});
      assertThat(found.problems()).containsExactly("PG_VERSION has changed");
      var elsewhere = new PostgresDirectory(root.resolve("elsewhere"));
      assertThatThrownBy(() ->
              new Recovery(area(), elsewhere, (_, _) -> {}, _ -> {})
                  .run(
                      new Recovery.Order(
                          second,
                          Optional.empty(),
                          false,
                          Optional.empty(),
                          Duration.ofMinutes(1))))
          .hasMessageContaining("PG_VERSION has changed");
      assertThat(elsewhere.hasData()).isFalse();
    }
  }

  @Test
  void shouldNeverReplaceAnArchivedFile() throws Exception {
    BackupArea area = area();
    area.prepare(Files.createDirectories(root));
    Path early = wal(1_000);
    Path full = wal(16 << 20);
    String name = "000000010000000000000001";
    Path back = root.resolve("back");

    assertThat(archive(area, early, name)).isZero();
    assertThat(archive(area, early, name)).isZero();
    assertThat(archive(area, full, name)).isEqualTo(1);
    assertThat(archive(area, full, "000000010000000000000002")).isZero();
    assertThat(Files.size(area.walDirectory().resolve(name + ".gz"))).isLessThan(100_000);
    assertThat(script(area, "restore-wal.sh", name, back.toString())).isZero();
    assertThat(back).hasSameBinaryContentAs(early);
    assertThat(script(area, "restore-wal.sh", "000000010000000000000003", back.toString()))
        .isEqualTo(1);
    assertThat(area.wal().from(name).files()).isEqualTo(2);
    assertThat(archive(area, full, "000000010000000000000004")).isZero();
    assertThat(area.wal().from(name).missing()).contains("000000010000000000000003");

    Files.write(area.walDirectory().resolve(name + ".gz"), new byte[] {31, (byte) 139, 8, 0, 0});
    assertThat(script(area, "restore-wal.sh", name, back.toString())).isEqualTo(255);
    assertThat(area.wal().damagedFrom(name)).containsExactly(name + ".gz");
  }

  /** A WAL file of which so much was written. */
  private Path wal(int written) throws IOException {
    byte[] content = new byte[16 << 20];
    new java.util.Random(written).nextBytes(content);
    java.util.Arrays.fill(content, written, content.length, (byte) 0);
    return Files.write(root.resolve("wal-" + written), content);
  }

  private static int archive(BackupArea area, Path file, String name) throws Exception {
    return script(area, "archive-wal.sh", file.toString(), name);
  }

  private static int script(BackupArea area, String name, String... arguments) throws Exception {
    var words = new java.util.ArrayList<>(List.of("sh", area.root().resolve(name).toString()));
    words.addAll(List.of(arguments));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }
}
