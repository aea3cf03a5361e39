// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.Queries.execute;
import static dev.omnibridge.embedded.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.embedded.EmbeddedPostgres.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers on data that is there already. */
class EmbeddedPostgresIT {
  @TempDir Path directory;

  @BeforeEach
  void prepare() throws IOException {
    PreparedData.in(directory);
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
    try (var bystander = EmbeddedPostgres.start(Options.in(PreparedData.in(elsewhere)))) {
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
    var pidFile = directory.resolve("cluster").resolve("postmaster.pid");
    try (var bystander = EmbeddedPostgres.start(Options.in(PreparedData.in(elsewhere)))) {
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
  void shouldStopTheServerWhenTheClosingThreadIsInterrupted() {
    var server = EmbeddedPostgres.start(Options.in(directory));
    Thread.currentThread().interrupt();
    server.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.isRunning()).isFalse();
    assertThat(directory.resolve("postgres.log")).content().contains("system is shut down");
  }

  @Test
  void shouldStartWithinTwoSecondsOnceTheDirectoryIsThere() {
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
}
