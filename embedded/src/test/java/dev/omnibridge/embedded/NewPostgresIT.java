// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.Queries.execute;
import static dev.omnibridge.embedded.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.omnibridge.embedded.EmbeddedPostgres.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose data and programs are yet to be made ready. */
class NewPostgresIT {
  @TempDir Path directory;

  @Test
  void shouldKeepDataRoleAndPasswordOverARestart() throws SQLException {
    String password;
    try (var first = EmbeddedPostgres.start(Options.in(directory))) {
      password = first.password();
      execute(first, "create table kept (word text)");
      execute(first, "insert into kept values ('still here')");
    }
    try (var second = EmbeddedPostgres.start(Options.in(directory))) {
      assertThat(second.password()).isEqualTo(password);
      assertThat(query(second, "select word from kept")).isEqualTo("still here");
      assertThat(query(second, "select current_user || '/' || current_database()"))
          .isEqualTo("omnibridge/omnibridge");
    }
  }

  @Test
  void shouldBeginAnewWhenTheMakingOfTheDirectoryWasInterrupted() throws Exception {
    Files.createDirectories(directory.resolve("cluster.new").resolve("base"));
    Files.writeString(directory.resolve("cluster.new").resolve("PG_VERSION"), "18\n");
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      assertThat(query(server, "select 'serving'")).isEqualTo("serving");
    }
  }

  @Test
  void shouldSayWhyWithTheEndOfTheLogWhenItCannotStart() throws IOException {
    try (var taken = new ServerSocket(FreePorts.next(), 1, InetAddress.getLoopbackAddress())) {
      var options = Options.in(directory).withPort(taken.getLocalPort());
      assertThatThrownBy(() -> EmbeddedPostgres.start(options))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("Address already in use");
    }
    EmbeddedPostgres.start(Options.in(directory)).close();
  }

  @Test
  void shouldRefuseDataOfAnotherMajorVersion() throws IOException {
    Files.createDirectories(directory.resolve("cluster"));
    Files.writeString(directory.resolve("cluster").resolve("PG_VERSION"), "9\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(Options.in(directory)))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("No PostgreSQL programs run here for this data directory")
        .hasMessageContaining("version 18");
  }

  @Test
  void shouldServeFromInstalledProgramsWhenTheBundledOnesCannotBeUnpacked() throws Exception {
    assumeThat(Path.of("/usr/lib/postgresql")).isDirectory();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    var noDirectory = Files.createFile(directory.resolve("file"));
    var home = directory.resolve("home");
    var options = new Options(home, 0, true, Duration.ofSeconds(30), noDirectory);
    try (var server = EmbeddedPostgres.start(options)) {
      execute(server, "create table kept (word text)");
      server.kill();
    }
    try (var server = EmbeddedPostgres.start(options)) {
      assertThat(query(server, "select count(*) from kept")).isEqualTo("0");
      assertThat(query(server, "show data_directory")).isEqualTo(home + "/cluster");
    }
  }

  @Test
  void shouldUnpackTheProgramsOnceWhenSeveralStartAtTheSameTime() throws Exception {
    var cache = directory.resolve("cache");
    var archive = PostgresArchive.find().orElseThrow();
    try (var starters = Executors.newFixedThreadPool(2)) {
      var unpacked =
          starters.invokeAll(
              List.of(() -> archive.unpackedIn(cache), () -> archive.unpackedIn(cache)));
      assertThat(unpacked.getFirst().get()).isEqualTo(unpacked.getLast().get());
    }
    try (var left = Files.list(cache)) {
      assertThat(left).hasSize(1);
    }
  }
}
