// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A transaction stalls while it holds a lane: it is cut off, and the others go on. */
class StalledLaneIT {
  private static final int LIMIT_SECONDS = 30;
  private static final String BEGIN = "Q\0\0\0\nbegin";
  private static final String COMMIT = "Q\0\0\0\13commit";

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Map<Integer, List<StreamName>> streams = new HashMap<>();

  /** An append's version, and how long it took. */
  private record Answer(long version, long millis) {}

  private static Answer append(RunningDbAdapter adapter, AppendRequest request) {
    long began = System.nanoTime();
    var answer =
        LogServiceGrpc.newBlockingStub(adapter.channel())
            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
            .append(request);
    return new Answer(
        answer.getStreams(0).getVersion(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  private static CompletableFuture<Answer> appending(
      RunningDbAdapter adapter, AppendRequest request) {
    return CompletableFuture.supplyAsync(
        () -> append(adapter, request), task -> Thread.ofVirtual().start(task));
  }

  private static Answer of(CompletableFuture<Answer> answer) throws Exception {
    return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static AppendRequest second(StreamName stream) {
    return Given.append(Given.at(stream, 1, 1)).build();
  }

  /** Streams at version 1, two in every lane. */
  private void fillLanes(RunningDbAdapter adapter) {
    while (streams.size() < 4 || streams.values().stream().anyMatch(some -> some.size() < 2)) {
      var stream = Given.run();
      var answer =
          LogServiceGrpc.newBlockingStub(adapter.channel())
              .append(Given.append(Given.first(stream, 1)).build());
      streams.computeIfAbsent(answer.getStreams(0).getLane(), _ -> new ArrayList<>()).add(stream);
    }
  }

  private StreamName stream(int lane, int index) {
    return streams.getOrDefault(lane, List.of()).get(index);
  }

  private Connection holding(String sql) throws SQLException {
    Connection foreign = database.connect();
    foreign.setAutoCommit(false);
    foreign.createStatement().executeQuery(sql).close();
    return foreign;
  }

  /** So that the lanes of the two writers can be told apart: even ones and odd ones. */
  @Test
  void shouldSayThatALaneIsHeldAndServeTheOthersMeanwhile() throws Exception {
    try (var adapter = Settings.of(database).start(database)) {
      fillLanes(adapter);
      var request = second(stream(0, 0));
      long slowest = 0;
      int others = 0;
      try (var foreign = holding("select * from lanes where lane = 0 for update")) {
        var held = appending(adapter, request);
        long version = 1;
        while (!held.isDone()) {
          var other = append(adapter, Given.append(Given.at(stream(1, 0), version++, 1)).build());
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
      fillLanes(adapter);
      CompletableFuture<Answer> waiting;
      try (var foreign = holding("select * from lanes where lane = 0 for update")) {
        waiting = appending(adapter, second(stream(0, 0)));
        awaitWaiting();
        foreign.rollback();
      }
      assertThat(of(waiting).version()).isEqualTo(2);
    }
  }

  @Test
  void shouldCutOffItsOwnTransactionThatIsStalledBeforeItsCommit() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var stalled = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database)) {
      fillLanes(other);
      var struck =
          proxy.once(
              new Moment.AfterText(Direction.TO_SERVER, "insert into events"), Stroke.SWALLOW);
      var own = appending(stalled, second(stream(0, 0)));
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      var sameLane = appending(other, second(stream(0, 1)));
      var otherLane = append(other, second(stream(1, 0)));
      var otherLaneHere = append(stalled, second(stream(1, 1)));
      System.out.printf(
          "own transaction stalled before its commit: same lane elsewhere after %d ms, other lane"
              + " %d ms, other lane of the same db-adapter %d ms; the stalled append itself %d ms%n",
          of(sameLane).millis(), otherLane.millis(), otherLaneHere.millis(), of(own).millis());
      assertThat(of(sameLane)).matches(answer -> answer.version() == 2 && answer.millis() < 6_500);
      assertThat(otherLane.millis()).isLessThan(2_000);
      assertThat(otherLaneHere.millis()).isLessThan(2_000);
      assertThat(of(own).version()).isEqualTo(2);
      LogRows.read(database).assertSound();
    }
  }

  @Test
  void shouldFindItsCommitWhoseAnswerNeverCame() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var stalled = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database)) {
      fillLanes(other);
      assertThat(append(stalled, second(stream(0, 1))).version()).isEqualTo(2);
      var struck =
          proxy.once(new Moment.AfterText(Direction.TO_SERVER, COMMIT), Stroke.SWALLOW_TO_CLIENT);
      var request = second(stream(0, 0));
      var own = appending(stalled, request);
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      var elsewhere = append(other, request);
      assertThat(elsewhere.version()).as("the repeat elsewhere").isEqualTo(2);
      assertThat(of(own).version()).isEqualTo(2);
      System.out.printf(
          "answer to the commit swallowed: the repeat elsewhere has the first answer after %d ms,"
              + " the append itself after %d ms%n",
          elsewhere.millis(), of(own).millis());
      LogRows.read(database).assertSound();
    }
  }

  @Test
  void shouldLetOneOfTwoWritersOfAStreamGoOnWhenTheOthersConnectionIsPaused() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var paused = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database)) {
      fillLanes(other);
      assertThat(append(paused, second(stream(0, 1))).version()).isEqualTo(2);
      var struck =
          proxy.once(new Moment.AfterText(Direction.TO_SERVER, BEGIN), Stroke.SWALLOW_TO_CLIENT);
      var own = appending(paused, second(stream(0, 0)));
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      var winner = append(other, second(stream(0, 0)));
      proxy.pass();
      assertThat(winner.version()).isEqualTo(2);
      Throwable refused = catchThrowable(() -> of(own));
      assertThat(refused).isInstanceOf(ExecutionException.class);
      assertThat(Statuses.faultOf(refused).reason()).isEqualTo("VERSION_CONFLICT");
      System.out.printf(
          "two writers of one stream, one paused: the other has it after %d ms, the paused one is"
              + " told of the conflict%n",
          winner.millis());
      LogRows.read(database).assertSound();
    }
  }

  /** No limit of the server's holds while it waits for the rows of a COPY. */
  @Test
  void shouldEndACopyThatIsStalledAndHoldsALane() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var stalled = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database);
        var frozen = new InboxHarness(stalled, database);
        var working = new InboxHarness(other, database)) {
      var struck =
          proxy.once(
              new Moment.AfterText(Direction.TO_SERVER, "org.other.measured"), Stroke.SWALLOW);
      var own = frozen.begin(InboxHarness.slice(0, -1, 0, List.of(InboxHarness.event("frozen"))));
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      long began = System.nanoTime();
      working.handle(InboxHarness.slice(0, -1, 0, List.of(InboxHarness.event("working"))));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      System.out.printf("inbox stalled inside a COPY: the lane goes on after %d ms%n", millis);
      assertThat(millis).isLessThan(15_000);
      assertThat(catchThrowable(() -> own.await(LIMIT_SECONDS, TimeUnit.SECONDS))).isNotNull();
      assertThat(working.events()).containsExactly("working");
      assertThat(working.gaps()).isEmpty();
    }
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

  @Test
  void shouldSurviveADeadlockWithASessionThatLocksTheOtherWayRound() throws Exception {
    int ours = 0;
    int theirs = 0;
    try (var adapter = Settings.of(database).start(database)) {
      fillLanes(adapter);
      for (int lane = 0; lane < 4; lane++) {
        StreamName stream = stream(lane, 0);
        try (var foreign =
            holding("select * from streams where id = '%s' for update".formatted(stream.getId()))) {
          var own = appending(adapter, second(stream));
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
