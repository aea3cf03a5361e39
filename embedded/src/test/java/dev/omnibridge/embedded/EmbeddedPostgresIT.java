// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
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
  void shouldComeBackAtItsPortWithItsDataAfterItWasKilled() throws SQLException {
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      execute(server, "create table kept (word text)");
      execute(server, "insert into kept values ('still here')");
      var port = server.port();
      var pid = server.pid();
      server.kill();
      assertThat(server.isRunning()).isFalse();
      server.restart();
      assertThat(server.port()).isEqualTo(port);
      assertThat(server.pid()).isNotEqualTo(pid);
      assertThat(query(server, "select word from kept")).isEqualTo("still here");
      pid = server.pid();
      server.restart();
      assertThat(server.pid()).as("a running one is left running").isEqualTo(pid);
      server.close();
      assertThatThrownBy(server::restart).isInstanceOf(EmbeddedServerException.class);
    }
  }

  @Test
  void shouldBeDurableUnlessToldOtherwise() throws SQLException {
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      assertThat(query(server, "show fsync")).isEqualTo("on");
      assertThat(query(server, "show synchronous_commit")).isEqualTo("on");
    }
    try (var server = EmbeddedPostgres.start(Options.in(directory).withFsync(false))) {
      assertThat(query(server, "show fsync")).isEqualTo("off");
    }
  }

  @Test
  void shouldListenOnTheGivenPortOfLoopbackOnlyAndAskForThePassword() throws SQLException {
    var port = FreePorts.next();
    try (var server = EmbeddedPostgres.start(Options.in(directory).withPort(port))) {
      assertThat(server.port()).isEqualTo(port);
      assertThat(query(server, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "guessed"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("authentication failed");
    }
  }

  @Test
  void shouldStopTheServerThatAKilledOwnerLeftAndGoOnWithItsData() throws Exception {
    long orphan;
    try (var owner = OwnerProcess.ofPostgres(directory)) {
      owner.kill();
      orphan = owner.answer();
    }
    assertThat(ProcessHandle.of(orphan)).isPresent();

    try (var successor = EmbeddedPostgres.start(Options.in(directory))) {
      assertThat(successor.pid()).isNotEqualTo(orphan);
      assertThat(query(successor, "select 'serving'")).isEqualTo("serving");
      assertThat(Files.readString(directory.resolve("postgres.log")))
          .contains("received fast shutdown request", "database system is shut down")
          .doesNotContain("automatic recovery in progress");
    }
  }

  @Test
  void shouldLeaveAnotherServerAloneWhenStoppingAnOrphan(@TempDir Path elsewhere) throws Exception {
    try (var bystander = EmbeddedPostgres.start(Options.in(elsewhere))) {
      try (var owner = OwnerProcess.ofPostgres(directory)) {
        owner.kill();
      }
      try (var successor = EmbeddedPostgres.start(Options.in(directory))) {
        assertThat(successor.isRunning()).isTrue();
      }
      assertThat(query(bystander, "select 'untouched'")).isEqualTo("untouched");
    }
  }

  @Test
  void shouldNotTakeAForeignProcessForTheServerWhenThePidFileIsStale(@TempDir Path elsewhere)
      throws Exception {
    EmbeddedPostgres.start(Options.in(directory)).close();
    var pidFile = directory.resolve("cluster").resolve("postmaster.pid");
    try (var bystander = EmbeddedPostgres.start(Options.in(elsewhere))) {
      for (var foreign : new long[] {ProcessHandle.current().pid(), bystander.pid(), 4_000_000}) {
        Files.writeString(pidFile, foreign + "\n" + directory + "\n");
        try (var server = EmbeddedPostgres.start(Options.in(directory))) {
          assertThat(server.pid()).isNotEqualTo(foreign);
        }
      }
      assertThat(query(bystander, "select 'untouched'")).isEqualTo("untouched");
    }
  }

  @Test
  void shouldRefuseADirectoryThatALiveProcessOwns() throws Exception {
    try (var owner = OwnerProcess.ofPostgres(directory)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(Options.in(directory)))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("in use by process " + owner.process().pid())
          .extracting(failure -> ((EmbeddedServerException) failure).reason())
          .isEqualTo(EmbeddedServerException.Reason.DIRECTORY_IN_USE);
      assertThat(ProcessHandle.of(owner.answer())).isPresent();
    }
  }

  @Test
  void shouldRefuseADirectoryThatThisProcessOwnsAndStillOwnItAfterwards() throws SQLException {
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      for (var again = 0; again < 2; again++) {
        assertThatThrownBy(() -> EmbeddedPostgres.start(Options.in(directory)))
            .isInstanceOf(EmbeddedServerException.class)
            .hasMessageContaining("in use by this process");
      }
      assertThat(query(server, "select 'serving'")).isEqualTo("serving");
    }
  }

  @Test
  void shouldRecoverWhatWasCommittedWhenTheServerIsKilled() throws SQLException {
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      execute(server, "create table kept (word text)");
      execute(server, "insert into kept values ('committed')");
      server.kill();
      assertThat(server.isRunning()).isFalse();
    }
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      assertThat(query(server, "select word from kept")).isEqualTo("committed");
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

  @Test
  void shouldStopTheServerWhenTheClosingThreadIsInterrupted() {
    var server = EmbeddedPostgres.start(Options.in(directory));
    Thread.currentThread().interrupt();
    server.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.isRunning()).isFalse();
    assertThat(directory.resolve("postgres.log")).content().contains("system is shut down");
  }

  /** The median of some starts, as other work on the machine may hold up one or two of them. */
  @Test
  void shouldStartWithinTwoSecondsOnceTheDirectoryIsThere() {
    EmbeddedPostgres.start(Options.in(directory)).close();
    var took = Stream.generate(this::start).limit(5).sorted().toList();
    assertThat(took.get(took.size() / 2)).as("of %s", took).isLessThan(Duration.ofSeconds(2));
  }

  private Duration start() {
    var began = System.nanoTime();
    try (var server = EmbeddedPostgres.start(Options.in(directory))) {
      var took = Duration.ofNanos(System.nanoTime() - began);
      assertThat(server.isRunning()).isTrue();
      return took;
    }
  }

  private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (var connection = connect(server);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (var connection = connect(server);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }
}
