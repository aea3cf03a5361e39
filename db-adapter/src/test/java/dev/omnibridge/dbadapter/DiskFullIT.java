// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database's disk, a small one in memory, is full: the caller is told, and nothing is lost. */
class DiskFullIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int DISK_MIB = 200;
  private static final int ROOM_FOR_TABLES_MIB = 20;

  /** Less than a segment of the write-ahead log, of which there is a part left. */
  private static final int NO_ROOM_FOR_THE_LOG_MIB = 14;

  private static final int CALLERS = 8;
  private static final int BODY_BYTES = 45_000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path home;

  private boolean mounted;

  @BeforeEach
  void mountASmallDisk() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk());
    assumeThat(mounted)
        .as("SKIPPED: a disk that is full is tried on a small tmpfs, which only root may mount")
        .isTrue();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      // The last process of its server may still be ending.
      await().atMost(Duration.ofSeconds(30)).until(() -> run("umount", disk()));
    }
  }

  /** Not to be compressed. */
  private static ByteString body() {
    var filling = new byte[BODY_BYTES];
    new Seeds(1).random("filling").nextBytes(filling);
    return ByteString.copyFromUtf8(
        "{\"filling\":\"" + Base64.getEncoder().encodeToString(filling) + "\"}");
  }

  private String disk() {
    return directory.toString();
  }

  private static boolean run(String... words) throws IOException, InterruptedException {
    var process = new ProcessBuilder(List.of(words)).inheritIO().start();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** The tables alone are on the small disk, so that the server itself goes on. */
  @Test
  void shouldSayThatTheDiskIsFullAndGoOnWhenThereIsRoom() throws Exception {
    try (var postgres = new OwnPostgres(home)) {
      Path tables = Files.createDirectory(directory.resolve("tables"));
      try (var connection = postgres.database().connect();
          var statement = connection.createStatement()) {
        statement.execute("create tablespace small location '" + tables + "'");
        statement.execute("alter database omnibridge set default_tablespace = small");
      }
      var told = fill("tables", postgres, ROOM_FOR_TABLES_MIB);
      assertThat(told).containsKey("DISK_FULL");
    }
  }

  /**
   * Without room for its log PostgreSQL panics: it ends all sessions, often before it has said why,
   * and then itself, because it cannot recover either.
   */
  @Test
  void shouldSurviveAPanicOfTheServerWhoseLogHasNoRoom() throws Exception {
    try (var postgres = new OwnPostgres(directory.resolve("postgres"))) {
      var told = fill("write-ahead log", postgres, NO_ROOM_FOR_THE_LOG_MIB);
      assertThat(told.keySet()).isSubsetOf("DISK_FULL", "DATABASE_AWAY");
    }
  }

  /** Gives what the callers were told meanwhile. */
  private Map<String, Long> fill(String what, OwnPostgres postgres, int roomMib) throws Exception {
    Path ballast = directory.resolve("ballast");
    TestPostgres.Database database = postgres.database();
    try (var adapter = Settings.of(database).start(database)) {
      long room = Files.getFileStore(directory).getUsableSpace();
      Files.write(ballast, new byte[(int) (room - ((long) roomMib << 20))]);
      var load = Load.start(CALLERS, adapter::channel, body());
      try (load) {
        await()
            .atMost(LIMIT)
            .until(() ->
                load.failed() || load.refusals().containsKey("DISK_FULL") || !postgres.isRunning());
        long atFull = load.acknowledged();
        boolean survived = postgres.isRunning();
        Files.delete(ballast);
        long freed = System.nanoTime();
        if (!survived) {
          postgres.startAgain();
        }
        await()
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> load.failed() || load.acknowledged() > atFull + CALLERS);
        System.out.printf(
            "disk full (%s) after %d appends; PostgreSQL itself %s; %d ms after there is room"
                + " appends are taken again%n",
            what,
            atFull,
            survived ? "went on" : "ended and was started again",
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - freed));
      }
      load.check("disk full (" + what + ")", database);
      return load.refusals();
    }
  }
}
