// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.by;
import static dev.omnibridge.dbadapter.Letters.letter;
import static dev.omnibridge.dbadapter.Letters.redrive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.Received;
import dev.omnibridge.dbadapter.store.RedriveLane;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lane of redrives without Kafka: what it gives, when, and who may mark it. */
class RedriveLaneIT {
  private static final String TOPIC = "test.omninode-bridge.metadata.events.v1";
  private static final int COUNT = 25;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong(7);

  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  /** Redrives at 100 a second, whose own relay has gone. */
  @BeforeEach
  void prepare() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      pool = new Database(vertx, adapter.config().postgres()).pool(2, true);
      var letters = new Letters(adapter.channel());
      letters.write(IntStream.range(0, COUNT).mapToObj(i -> letter(TOPIC, "v" + i)).toList());
      var answer =
          letters
              .service()
              .redriveDeadLetters(
                  RedriveDeadLettersRequest.newBuilder().setContext(by("ada@host")).build());
      assertThat(answer.getEligible()).isEqualTo(COUNT);
    }
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

  private RedriveLane lane() {
    return new RedriveLane(vertx, pool, UUID.randomUUID(), nanos::get);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> values(List<Outgoing> records) {
    return records.stream()
        .map(found -> {
          byte[] value = found.value();
          return value == null ? "null" : new String(value, StandardCharsets.UTF_8);
        })
        .toList();
  }

  private List<DeadLetterSummary> redriven() {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      return new Letters(adapter.channel())
          .all().stream()
              .filter(found -> found.getState() == DeadLetterState.DEAD_LETTER_STATE_REDRIVEN)
              .toList();
    }
  }

  @Test
  void shouldGiveATenthOfASecondAtATimeInOrderAndNothingTooSoon() {
    var lane = lane();
    assertThat(await(lane.hold())).isTrue();
    var first = await(lane.next(500));
    assertThat(values(first)).hasSize(10).startsWith("v0", "v1").endsWith("v9");
    assertThat(await(lane.passed(first))).isTrue();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(-1));
    assertThat(await(lane.next(500))).isEmpty();
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
    assertThat(values(await(lane.next(500)))).hasSize(10).startsWith("v10");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
    assertThat(await(lane.next(1))).hasSize(1);
  }

  /** Letters of a megabyte each: more than a few of them are never held at once. */
  @Test
  void shouldReadOnlyAsManyAsAFewMegabytesHold() throws SQLException {
    int large = 1_000_000;
    execute(
        "update dead_letters set record_value = convert_to(repeat('x', %d), 'UTF8')"
            .formatted(large));
    var received = new Received();
    var lane = new RedriveLane(vertx, received.by(pool, Pool.class), UUID.randomUUID(), nanos::get);
    assertThat(await(lane.hold())).isTrue();
    var positions = new ArrayList<Long>();
    for (var some = await(lane.next(500)); !some.isEmpty(); some = await(lane.next(500))) {
      assertThat(received.most()).isLessThan((4 << 20) + large + 10_000);
      some.forEach(record -> positions.add(record.position()));
      assertThat(await(lane.passed(some))).isTrue();
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
    assertThat(positions).hasSize(COUNT).isSorted().doesNotHaveDuplicates();
  }

  /** Another consumer gives the first record up while its redrive is under way. */
  private void redriveSibling() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      var move = Given.move("other", 0, -1, 1);
      var request =
          Given.append()
              .addPositions(move)
              .addDeadLetters(letter(TOPIC, "v0").setPartition(move.getPartition()).setOffset(0));
      var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(request.build());
      var letters = new Letters(adapter.channel());
      long sibling = letters.open().getFirst().getLetterId();
      var redriven = letters.service().redriveDeadLetter(redrive(sibling).build());
    }
    execute("update outbox_lanes set lease_until = '-infinity'");
  }

  private String stateOfSibling() throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("select state from dead_letters where consumer = 'other'")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void shouldLeaveALetterToTheRedriveOfItsOwn() throws SQLException {
    redriveSibling();
    var lane = lane();
    assertThat(await(lane.hold())).isTrue();
    for (int passed = 0; passed < COUNT; ) {
      var some = await(lane.next(Math.min(10, COUNT - passed)));
      assertThat(await(lane.passed(some))).isTrue();
      passed += some.size();
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
    assertThat(stateOfSibling()).isEqualTo("REDRIVING");

    var own = await(lane.next(500)).getFirst();
    assertThat(await(lane.giveUp(own, Fault.invalid("RECORD_TOO_LARGE", "Too large.")))).isTrue();
    assertThat(stateOfSibling()).isEqualTo("OPEN");
  }

  @Test
  void shouldLetOnlyTheHolderMarkWhatWasPublished() throws SQLException {
    var late = lane();
    assertThat(await(late.hold())).isTrue();
    var records = await(late.next(500));
    execute("update outbox_lanes set lease_until = '-infinity'");
    var taking = lane();
    assertThat(await(taking.hold())).isTrue();
    // Whoever has a lease keeps it, however long the test takes.
    execute("update outbox_lanes set lease_until = clock_timestamp() + interval '1 hour'");
    assertThat(await(late.passed(records))).isFalse();
    assertThat(await(late.hold())).isFalse();
    assertThat(values(await(taking.next(500)))).isEqualTo(values(records));
    assertThat(await(taking.passed(records.subList(0, 3)))).isTrue();
    await(taking.release());
    assertThat(redriven()).extracting(DeadLetterSummary::getOffset).containsExactly(0L, 1L, 2L);
  }
}
