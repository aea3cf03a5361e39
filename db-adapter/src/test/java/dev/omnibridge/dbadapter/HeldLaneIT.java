// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.FilledLanes.LIMIT_SECONDS;
import static dev.omnibridge.dbadapter.FilledLanes.append;
import static dev.omnibridge.dbadapter.FilledLanes.appending;
import static dev.omnibridge.dbadapter.FilledLanes.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Somebody else holds what an append needs: it waits, is repeated or says so, and no longer. */
@Execution(ExecutionMode.CONCURRENT)
class HeldLaneIT {
  private final TestPostgres.Database database = MigratedDatabase.fresh();

  private Connection holding(String sql) throws SQLException {
    Connection foreign = database.connect();
    foreign.setAutoCommit(false);
    foreign.createStatement().executeQuery(sql).close();
    return foreign;
  }

  /** Until somebody waits for a lock in this database. */
  private void awaitWaiting() throws SQLException {
    try (var connection = database.connect();
        var waiting =
            connection.prepareStatement(
                """
                select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock'
                """)) {
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(LIMIT_SECONDS))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> {
            try (var row = waiting.executeQuery()) {
              row.next();
              return row.getInt(1) > 0;
            }
          });
    }
  }

  /** So that the lanes of the two writers can be told apart: even ones and odd ones. */
  @Test
  void shouldSayThatALaneIsHeldAndServeTheOthersMeanwhile() throws Exception {
    try (var adapter = Settings.of(database).start(database)) {
      var lanes = FilledLanes.by(adapter);
      var request = lanes.second(0, 0);
      long slowest = 0;
      int others = 0;
      try (var foreign = holding("select * from lanes where lane = 0 for update")) {
        var held = appending(adapter, request);
        long version = 1;
        while (!held.isDone()) {
          var other =
              append(adapter, Given.append(Given.at(lanes.stream(1, 0), version++, 1)).build());
          slowest = Math.max(slowest, other.millis());
          others++;
        }
        Throwable refused = catchThrowable(() -> of(held));
        assertThat(refused).isInstanceOf(ExecutionException.class);
        assertThat(Statuses.faultOf(refused).reason()).isEqualTo("LANE_HELD");
        foreign.rollback();
      }
      var after = append(adapter, request);
      assertThat(after.version()).isEqualTo(2);
      System.out.printf(
          "lane held by a foreign session: refused with LANE_HELD, %d appends in a lane of the"
              + " other writer meanwhile, slowest %d ms; when it was free the repeat took %d ms%n",
          others, slowest, after.millis());
      assertThat(slowest).isLessThan(2_000);
      LogRows.read(database).assertSound();
    }
  }

  @Test
  void shouldWaitForALaneThatIsHeldForAShortWhile() throws Exception {
    try (var adapter = Settings.of(database).start(database)) {
      var lanes = FilledLanes.by(adapter);
      CompletableFuture<FilledLanes.Answer> waiting;
      try (var foreign = holding("select * from lanes where lane = 0 for update")) {
        waiting = appending(adapter, lanes.second(0, 0));
        awaitWaiting();
        foreign.rollback();
      }
      assertThat(of(waiting).version()).isEqualTo(2);
    }
  }

  @Test
  void shouldSurviveADeadlockWithASessionThatLocksTheOtherWayRound() throws Exception {
    int ours = 0;
    int theirs = 0;
    try (var adapter = Settings.of(database).start(database)) {
      var lanes = FilledLanes.by(adapter);
      for (int lane = 0; lane < 4; lane++) {
        StreamName stream = lanes.stream(lane, 0);
        try (var foreign =
            holding("select * from streams where id = '%s' for update".formatted(stream.getId()))) {
          var own = appending(adapter, Given.append(Given.at(stream, 1, 1)).build());
          awaitWaiting();
          try {
            foreign
                .createStatement()
                .executeQuery("select * from lanes where lane = " + lane + " for update")
                .close();
            ours++;
            foreign.rollback();
          } catch (SQLException deadlock) {
            assertThat(deadlock.getSQLState()).isEqualTo("40P01");
            theirs++;
            foreign.rollback();
          }
          assertThat(of(own).version()).isEqualTo(2);
        }
      }
    }
    System.out.printf(
        "4 deadlocks with a foreign session, submitted 4, acknowledged 4, ended by our side %d, by"
            + " the foreign one %d%n",
        ours, theirs);
    LogRows.read(database).assertSound();
  }

  @Test
  void shouldRepeatWhatAServerCannotSerialise() throws Exception {
    try (var adapter = Settings.of(database).start(database)) {
      try (var connection = database.connect();
          var statement = connection.createStatement()) {
        statement.execute("create sequence injected");
        statement.execute(
            """
            create function refuse_some() returns trigger language plpgsql as $$
            begin
              if nextval('injected') % 3 <> 0 then
                raise exception 'injected' using errcode =
                  case currval('injected') % 3 when 1 then '40001' else '40P01' end;
              end if;
              return null;
            end $$
            """);
        statement.execute(
            "create trigger refuse_some after insert on events for each statement"
                + " execute function refuse_some()");
      }
      var load = Load.start(8, adapter::channel);
      try (load) {
        org.awaitility.Awaitility.await()
            .atMost(Duration.ofSeconds(LIMIT_SECONDS))
            .until(() -> load.failed() || load.acknowledged() >= 60);
      }
      load.check("two of three transactions refused with 40001 or 40P01", database);
      assertThat(load.refusals()).isEmpty();
    }
  }
}
