// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The database of a suite is lost under load, and comes back from a backup. */
@Execution(ExecutionMode.CONCURRENT)
class BackupDrillIT {
  private static final Path HELLO = Path.of("..", "examples", "hello.yaml");

  @TempDir private static Path directory = Path.of("");

  private final Path data = directory.resolve("data-" + System.nanoTime());
  private final Path backups = directory.resolve("backups of " + System.nanoTime());
  private Suite suite = started(data);
  private AppendLoad load = new AppendLoad(suite.address());

  /**
   * One at a time, its broker too: two that start at once in a JVM that has compiled nothing yet
   * may take longer than they are given.
   */
  private static synchronized Suite started(Path data) {
    Suite suite = Suite.start(SuiteOptions.in(data));
    try {
      EmbeddedKafka unused = suite.awaitKafka(Duration.ofSeconds(60));
      return suite;
    } catch (RuntimeException failure) {
      suite.close();
      throw failure;
    }
  }

  @AfterEach
  void stop() {
    load.close();
    suite.close();
  }

  private TestSetting command() {
    return new TestSetting(Path.of("..").toAbsolutePath())
        .with("OMNIBRIDGE_ADDRESS", suite.address())
        .with("OMNIBRIDGE_BACKUPS", backups.toString())
        .with("OMNIBRIDGE_DATA", data.toString());
  }

  private JsonNode json(String... arguments) throws IOException {
    var command = command();
    assertThat(command.run(arguments)).as(command.err() + command.out()).isZero();
    return new ObjectMapper().readTree(command.out());
  }

  private void run(String id) throws IOException {
    JsonNode run = json("submit", HELLO.toString(), "--id", id, "--wait", "-o", "json");
    assertThat(run.at("/state").asText()).isEqualTo("COMPLETED");
  }

  private Path cluster() {
    return data.resolve("postgres").resolve("cluster");
  }

  /** As when the machine's database is killed; the rest of the suite goes with it. */
  private void killDatabase() {
    suite.postgres().kill();
    load.abandon();
    suite.close();
  }

  private void startAgain() {
    load.close();
    suite = Suite.start(SuiteOptions.in(data));
    load = load.goOnAt(suite.address());
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }

  private void awaitRelayed() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(load.backlog(suite)).isZero());
  }

  /** The file of the write-ahead log that is being written. */
  private String walFile() {
    var at = suite.endpoints();
    try (var connection =
            DriverManager.getConnection(at.jdbcUrl(), at.databaseUser(), at.databasePassword());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select pg_walfile_name(pg_current_wal_lsn())")) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private void awaitArchived(String walFile) {
    Path archive = backups.resolve("wal");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            Files.exists(archive.resolve(walFile))
                || Files.exists(archive.resolve(walFile + ".gz")));
  }

  private static void tell(String what, JsonNode report) {
    System.out.println(what + ": " + report);
  }

  @Test
  void shouldLoseNothingAcknowledgedWithTheArchiveIntact() throws IOException {
    run("before");
    load.begin(8);
    JsonNode saved = json("backup", "--archive-every", "5s", "-o", "json");
    tell("backup", saved);
    run("after");
    String writtenAfter = walFile();
    load.awaitMore(2_000);
    // Or the backup and what the server kept would do, and nothing came from the archive.
    awaitArchived(writtenAfter);
    killDatabase();
    Path wal = Files.move(cluster().resolve("pg_wal"), directory.resolve("wal-" + suite.port()));
    delete(data.resolve("postgres"));

    JsonNode report = json("restore", "--wal", wal.toString(), "--without-kafka", "-o", "json");
    tell("restored " + load.acknowledged() + " acknowledged events", report);
    startAgain();

    assertThat(load.missing()).isEmpty();
    assertThat(json("describe", "after", "-o", "json").at("/workflow/state").asText())
        .isEqualTo("COMPLETED");
    assertThat(load.appendOne().getEpoch()).isEqualTo(report.get("epoch").asLong());
    assertThat(report.get("missingWal").asText()).isEmpty();
    assertThat(report.get("archiving").asBoolean()).isTrue();
    run("restored");
  }

  @Test
  void shouldLoseNothingRelayedWithoutTheArchive() throws IOException {
    run("before");
    load.begin(4);
    JsonNode saved = json("backup", "--archive-every", "1h", "-o", "json");
    run("after");
    load.awaitMore(1_000);
    load.stop();
    awaitRelayed();
    killDatabase();
    delete(data.resolve("postgres"));

    JsonNode report = json("restore", "-o", "json");
    tell("restored " + load.acknowledged() + " acknowledged events from " + saved, report);
    startAgain();

    assertThat(report.at("/kafka/recovered").asLong()).isGreaterThan(1_000);
    assertThat(report.at("/kafka/unplaced").asLong()).isZero();
    assertThat(load.missing()).isEmpty();
    assertThat(json("describe", "after", "-o", "json").at("/workflow/state").asText())
        .isEqualTo("COMPLETED");
    run("after");
    run("restored");
  }

  @Test
  @Tag("long")
  void shouldRestoreToATimeAndRefuseWhatWouldOverwrite() throws IOException {
    run("kept");
    JsonNode unused = json("backup", "-o", "json");
    run("kept-too");
    load.begin(4);
    load.awaitMore(500);
    load.stop();
    long kept = load.acknowledged();
    Instant time = Instant.now();
    await().until(() -> Instant.now().isAfter(time.plusMillis(100)));
    run("taken-back");
    load.begin(4);
    load.awaitMore(500);
    suite.close();
    load.stop();

    var refused = command();
    assertThat(refused.run("restore", "--to-time", time.toString())).isEqualTo(6);
    assertThat(refused.err()).contains("--force");
    JsonNode report = json("restore", "--to-time", time.toString(), "--force", "-o", "json");
    tell("restored to " + time, report);
    startAgain();

    assertThat(load.held()).isEqualTo(kept);
    assertThat(json("describe", "kept-too", "-o", "json").at("/workflow/state").asText())
        .isEqualTo("COMPLETED");
    assertThat(command().run("describe", "taken-back")).isEqualTo(5);
    assertThat(report.get("withoutKafka").asText()).contains("takes back");
    run("taken-back");
    assertThat(json("backup", "--keep", "1", "-o", "json").get("removed")).hasSize(1);
    assertThat(json("backup", "verify", "-o", "json").get("good").asBoolean()).isTrue();
    Path saved = Objects.requireNonNull(newest()).resolve("cluster").resolve("global");
    Files.writeString(saved.resolve("pg_filenode.map"), "damaged");
    var verified = command();
    assertThat(verified.run("backup", "verify")).isEqualTo(1);
    assertThat(verified.out()).contains("global/pg_filenode.map has changed");
  }

  private Path newest() throws IOException {
    try (Stream<Path> found = Files.list(backups.resolve("base"))) {
      return found.max(Comparator.naturalOrder()).orElseThrow();
    }
  }
}
