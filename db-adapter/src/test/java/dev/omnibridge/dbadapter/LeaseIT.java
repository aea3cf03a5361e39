// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.DeadLetterLane;
import dev.omnibridge.dbadapter.store.EventLane;
import dev.omnibridge.dbadapter.store.GuardedLane;
import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of two relays of a lane only one can move its mark, and the one that works keeps the lease. */
class LeaseIT {
  private static final int DEAD_LETTERS = -1;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();

  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  /** A log with events and dead letters, whose own relays have gone. */
  @BeforeEach
  void prepare() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      pool = new Database(vertx, adapter.config().postgres()).pool(2, true);
      var partition = Given.move("reducer", 0, -1, 2).getPartition();
      var request = append(first(run(), 1)).addPositions(Given.move("reducer", 0, -1, 2));
      for (int lane = 0; lane < 40; lane++) {
        request.addAppends(first(run(), 1));
      }
      for (int offset = 0; offset < 2; offset++) {
        request.addDeadLetters(
            DeadLetter.newBuilder()
                .setPartition(partition)
                .setTopic("topic")
                .setOffset(offset)
                .setErrorClass("POISON")
                .setErrorReason("ENVELOPE_MALFORMED"));
      }
      var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(request.build());
    }
    // Who ended may not have given its leases back.
    execute("update outbox_lanes set lease_until = '-infinity'");
  }

  @AfterEach
  void stop() {
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(30, TimeUnit.SECONDS).await();
  }

  private OutboxLane lane(int number) {
    var owner = UUID.randomUUID();
    return number == DEAD_LETTERS
        ? new DeadLetterLane(pool, owner)
        : new EventLane(pool, Catalogue.load(), UUID.randomUUID(), number, owner);
  }

  @Test
  void shouldTellAllThatWaitsFromAPageThatHasBecomeTooLarge() throws Exception {
    int fullest =
        Integer.parseInt(answer("select mode() within group (order by lane) from events"));
    var lane = new GuardedLane(lane(fullest), new Breaker("database", Breaker.Settings.forStore()));
    assertThat(await(lane.hold())).isTrue();
    List<Outgoing> all = await(lane.next(100));
    assertThat(all).hasSizeBetween(11, 41);
    assertThat(lane.isAll(all, 100)).isTrue();
    assertThat(lane.isAll(all, all.size())).isFalse();

    execute("update events set body = convert_to(repeat('x', 1 << 19), 'UTF8')");
    List<Outgoing> page = await(lane.next(100));
    assertThat(page).hasSize(8);
    assertThat(lane.isAll(page, 100)).isFalse();
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String now() throws SQLException {
    return answer("select clock_timestamp()::text");
  }

  /** Whether the lease was renewed after that time, and not for longer than a lease is. */
  private boolean isRenewedSince(String time, int lane) throws SQLException {
    return answer(
            "select lease_until between '%s'::timestamptz + lease and clock_timestamp() + lease"
                    .formatted(time)
                + " from outbox_lanes, (select interval '%d s' as lease) as length where lane = %d"
                    .formatted(OutboxLane.LEASE_SECONDS, lane))
        .equals("t");
  }

  private String answer(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Whoever has a lease keeps it, however long the test takes. */
  private void extendLeases() throws SQLException {
    execute("update outbox_lanes set lease_until = clock_timestamp() + interval '1 hour'");
  }

  @ParameterizedTest
  @ValueSource(ints = {DEAD_LETTERS, 0})
  void shouldRenewTheLeaseByMovingTheMark(int number) throws SQLException {
    var lane = lane(number);
    assertThat(await(lane.hold())).isTrue();
    List<Outgoing> records = await(lane.next(2));
    execute("update outbox_lanes set lease_until = clock_timestamp() + interval '100 ms'");
    String before = now();
    assertThat(await(lane.passed(records.subList(0, 1)))).isTrue();
    assertThat(isRenewedSince(before, number)).isTrue();
    extendLeases();
    assertThat(await(lane(number).hold())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {DEAD_LETTERS, 0})
  void shouldNotMoveTheMarkOfALaneThatAnotherOneTook(int number) throws SQLException {
    var late = lane(number);
    assertThat(await(late.hold())).isTrue();
    List<Outgoing> records = await(late.next(2));
    execute("update outbox_lanes set lease_until = '-infinity'");
    var taking = lane(number);
    assertThat(await(taking.hold())).isTrue();
    extendLeases();
    assertThat(await(late.passed(records))).isFalse();
    assertThat(await(late.hold())).isFalse();
    assertThat(await(taking.next(2)))
        .extracting(Outgoing::position)
        .containsExactlyElementsOf(records.stream().map(Outgoing::position).toList());
    assertThat(await(taking.passed(records))).isTrue();
  }
}
