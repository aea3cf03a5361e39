// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.dbadapter.store.Retirement.Month;
import dev.omnibridge.dbadapter.store.Retirement.Went;
import dev.omnibridge.runtime.Fault;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Months of events go, and nothing goes that an unfinished stream still needs. */
class RetirementIT {
  private final OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
  private final OffsetDateTime lastMonth =
      now.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).minusDays(1);

  /** All events of now are older than 400 days then. */
  private final OffsetDateTime later = now.plusDays(470);

  private final RetiringLog log = new RetiringLog();

  @BeforeEach
  void prepare() throws SQLException {
    log.open();
    log.relayed();
  }

  @AfterEach
  void stop() {
    log.close();
  }

  private String month() {
    return "events_long_%d_%02d".formatted(lastMonth.getYear(), lastMonth.getMonthValue());
  }

  private List<Long> versions(StreamId stream) {
    return log
        .read(ReadStreamRequest.newBuilder().setStream(stream.toProto()).build())
        .getEventsList()
        .stream()
        .map(RecordedEvent::getVersion)
        .toList();
  }

  @Test
  void shouldKeepTheJournalOfASleepingRunWhileAFinishedOneGoes() throws SQLException {
    var sleeping = log.run(false, 4, lastMonth);
    log.more(sleeping, 5, 3, now);
    var finished = log.run(true, 6, lastMonth);

    log.pass(later);

    assertThat(log.exists(month())).isFalse();
    assertThat(versions(sleeping)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(log.count("stream_key = '" + finished.key() + "'")).isZero();
    var fault = catchThrowableOfType(Fault.class, () -> versions(finished));
    assertThat(fault.reason()).isEqualTo("EVENTS_EXPIRED");
    assertThat(log.count("correlation_id = '" + log.correlation(sleeping) + "'")).isEqualTo(7);
  }

  @Test
  void shouldTellTheFirstVersionThatIsLeftOfAFinishedRun() throws SQLException {
    var finished = log.run(true, 4, lastMonth);
    log.more(finished, 5, 3, now.plusDays(80));

    log.pass(now.plusDays(470));

    var fault = catchThrowableOfType(Fault.class, () -> versions(finished));
    assertThat(fault.facts()).containsEntry("first_version", "5");
    var rest = ReadStreamRequest.newBuilder().setStream(finished.toProto()).setAfterVersion(4);
    assertThat(log.read(rest.build()).getEventsCount()).isEqualTo(3);
  }

  @Test
  void shouldRefuseADuplicateOfAnEventThatWasMoved() throws SQLException {
    var sleeping = log.run(false, 2, lastMonth);

    log.pass(later);

    assertThat(versions(sleeping)).hasSize(2);
    assertThatThrownBy(() ->
            log.execute(
                "insert into events select event_id, occurred_at, recorded_at, retention,"
                    + " gen_random_uuid(), kind, namespace, stream_id, 99, 0, 99999, type, topic,"
                    + " correlation_id, causation_id, session_id, original_id, body from events"
                    + " where version = 1"))
        .hasMessageContaining("duplicate key")
        .hasMessageContaining("_kept");
  }

  @Test
  void shouldKeepStreamsThatGoOnFromASnapshotAndLetFactsAge() throws SQLException {
    var projected = log.stream(new StreamId("analysis", "default", "p"), 0, 3, lastMonth);
    log.execute(
        "update streams set snapshot_version = 1, snapshot_schema = 1, snapshot = 'x' where"
            + " stream_key = '%s'".formatted(projected.key()));
    var fact = log.stream(new StreamId("analysis", "default", "f"), 0, 3, lastMonth);
    var foreign = log.stream(new StreamId("workflow", "default", "theirs"), 100, 3, lastMonth);

    log.pass(later);

    assertThat(log.count("stream_key = '%s'".formatted(projected.key()))).isEqualTo(3);
    assertThat(log.count("stream_key in ('%s', '%s')".formatted(fact.key(), foreign.key())))
        .isZero();
  }

  /** A stamp that came back from Kafka has no snapshot, and is stamped again all the same. */
  @Test
  void shouldKeepTheEventsOfAStampThatHasNoSnapshot() throws SQLException {
    var stamp = log.stream(new StreamId("stamp", "default", "a".repeat(64)), 0, 3, lastMonth);

    log.pass(later);

    assertThat(log.exists(month())).isFalse();
    assertThat(versions(stamp)).hasSize(3);
  }

  @Test
  void shouldNotTouchAMonthThatARelayIsNotPast() throws SQLException {
    log.run(true, 6, lastMonth);
    log.execute("update outbox_lanes set relayed_position = 5 where lane = 0");

    log.pass(later);
    assertThat(log.exists(month())).isTrue();
    assertThat(log.count("true")).isEqualTo(6);

    log.relayed();
    log.pass(later);
    assertThat(log.exists(month())).isFalse();
  }

  @Test
  void shouldNotTouchAMonthWithoutKafkaToAsk() throws SQLException {
    log.run(true, 6, lastMonth);
    log.kafkaIsAway();

    assertThatThrownBy(() -> log.pass(later)).hasMessage("no Kafka");

    assertThat(log.count("true")).isEqualTo(6);
  }

  @Test
  void shouldWaitForAConsumerThatIsBehindTheBarrier() throws SQLException {
    log.run(true, 6, lastMonth);
    log.kafkaHolds("one", 0, 10);
    log.consumed("reducer", "one", 0, 9);
    log.consumed("db-adapter", "one", 0, 10);

    log.pass(later);
    assertThat(log.count("true")).isEqualTo(6);

    // What comes after the barrier does not count.
    log.kafkaHolds("one", 0, 99);
    log.pass(later);
    assertThat(log.count("true")).isEqualTo(6);

    log.consumed("reducer", "one", 0, 10);
    log.pass(later);
    assertThat(log.count("true")).isZero();
  }

  @Test
  void shouldNotWaitForWhatKafkaDoesNotHoldAnyMore() throws SQLException {
    log.run(true, 6, lastMonth);
    log.kafkaHolds("one", 0, 10);
    log.consumed("gone for months", "one", 0, 3);

    log.pass(later);
    assertThat(log.count("true")).isEqualTo(6);

    log.kafkaHolds("one", 10, 12);
    log.pass(later);
    assertThat(log.count("true")).isZero();
  }

  @Test
  void shouldSetTheBarrierAnewWhenTheClusterWasReplaced() throws SQLException {
    log.run(true, 6, lastMonth);
    log.kafkaHolds("one", 0, 10);
    log.consumed("reducer", "one", 0, 3);
    log.pass(later);

    log.kafkaHolds("two", 0, 5);
    log.consumed("reducer", "two", 0, 4);
    log.pass(later);
    assertThat(log.count("true")).isEqualTo(6);

    log.consumed("reducer", "two", 0, 5);
    log.pass(later);
    assertThat(log.count("true")).isZero();
  }

  /** A stop after any step: somebody else goes on, and at no time is anything missing. */
  @Test
  void shouldLoseNothingWhereverItIsStopped() throws SQLException {
    var sleeping = log.run(false, 5, lastMonth);
    log.run(true, 5, lastMonth);
    var before = later.minusDays(400);
    var steps = new ArrayList<Went>();
    do {
      var month = new Month(month(), "long", before);
      try (var another = log.another()) {
        steps.add(another.step(month));
      }
      assertThat(versions(sleeping)).as("after %s", steps).hasSize(5);
      assertThat(log.count("true")).isIn(10L, 5L);
    } while (steps.getLast() == Went.ON);
    assertThat(steps).containsExactly(Went.ON, Went.ON, Went.ON, Went.AWAY);
    assertThat(log.count("true")).isEqualTo(5);
    assertThat(log.exists(month())).isFalse();
    assertThat(log.exists(month() + "_kept")).isTrue();
  }

  /** The worst moment of every step: all is done, and the commit fails. */
  @Test
  void shouldUndoAStepThatIsCutOffAtItsVeryEnd() throws SQLException {
    var sleeping = log.run(false, 5, lastMonth);
    log.run(true, 5, lastMonth);
    var month = new Month(month(), "long", later.minusDays(400));
    log.execute(
        "create function cut_off() returns trigger language plpgsql as"
            + " $$ begin raise exception 'cut off'; end $$");
    Went went;
    int cut = 0;
    do {
      log.execute(
          "create constraint trigger cut_off after insert or update or delete on retirements"
              + " deferrable initially deferred for each row execute function cut_off()");
      assertThatThrownBy(() -> log.step(month)).hasMessageContaining("cut off");
      cut++;
      assertThat(versions(sleeping)).as("cut %d", cut).hasSize(5);
      log.execute("drop trigger cut_off on retirements");
      went = log.step(month);
      assertThat(versions(sleeping)).as("step %d", cut).hasSize(5);
    } while (went == Went.ON);
    assertThat(cut).isEqualTo(4);
    assertThat(log.count("true")).isEqualTo(5);
    assertThat(log.exists(month())).isFalse();
  }

  @Test
  void shouldBeginAnewWhenTheMonthGotSomethingNewMeanwhile() throws SQLException {
    var sleeping = log.run(false, 5, lastMonth);
    var month = new Month(month(), "long", later.minusDays(400));
    assertThat(log.step(month)).isEqualTo(Went.ON);
    assertThat(log.step(month)).isEqualTo(Went.ON);

    var late = log.run(true, 2, lastMonth);
    log.execute(
        "update events set recorded_at = now() + interval '300 days' where stream_key = '%s'"
            .formatted(late.key()));
    log.pass(later);

    assertThat(log.exists(month())).isTrue();
    assertThat(log.exists(month() + "_kept")).isFalse();
    assertThat(versions(late)).hasSize(2);
    assertThat(versions(sleeping)).hasSize(5);
  }

  /** However late the month is looked at again: nobody has to have read what came behind. */
  @Test
  void shouldBeginAnewForWhatCameBehindTheBarrier() throws SQLException {
    log.run(true, 5, lastMonth);
    assertThat(log.step(new Month(month(), "long", now.plusMinutes(5)))).isEqualTo(Went.ON);
    var late = log.run(true, 2, lastMonth);
    log.execute(
        "update events set recorded_at = now() + interval '10 minutes' where stream_key = '%s'"
            .formatted(late.key()));
    var month = new Month(month(), "long", later.minusDays(400));
    assertThat(log.step(month)).isEqualTo(Went.ON);
    assertThat(log.step(month)).isEqualTo(Went.ON);
    assertThat(log.exists(month())).isTrue();
    assertThat(log.exists(month() + "_kept")).isFalse();
    assertThat(log.count("true")).isEqualTo(7);
  }

  @Test
  void shouldTakeWhatComesLateForAMonthThatIsGone() throws SQLException {
    log.run(true, 5, lastMonth);
    log.pass(later);

    var late = log.run(false, 2, lastMonth);

    assertThat(log.count("tableoid = 'events_long_default'::regclass")).isEqualTo(2);
    assertThat(versions(late)).hasSize(2);
  }

  @Test
  void shouldLetAKeptJournalGoOnceItsRunHasFinished() throws SQLException {
    var sleeping = log.run(false, 3, lastMonth);
    var other = log.run(false, 3, lastMonth);
    log.pass(later);

    log.finish(sleeping);
    log.pass(later.plusDays(2));
    assertThat(log.count("stream_key = '" + sleeping.key() + "'")).isZero();
    assertThat(versions(other)).hasSize(3);

    log.finish(other);
    log.pass(later.plusDays(4));
    assertThat(log.exists(month() + "_kept")).isFalse();
  }

  @Test
  void shouldLetOldStraysGoAndKeepYoungOnes() throws SQLException {
    var old = log.run(true, 3, now.minusYears(5));
    assertThat(log.count("tableoid = 'events_long_default'::regclass")).isEqualTo(3);
    log.pass(now.plusDays(100));
    assertThat(versions(old)).hasSize(3);

    log.pass(later);
    assertThat(log.count("true")).isZero();
  }

  @Test
  void shouldKeepOldStraysThatAConsumerHasNotRead() throws SQLException {
    log.run(true, 3, now.minusYears(5));
    log.kafkaHolds("one", 0, 10);
    log.consumed("reducer", "one", 0, 9);
    log.pass(later);
    log.kafkaHolds("one", 0, 99);
    log.pass(later.plusDays(2));
    assertThat(log.count("true")).isEqualTo(3);

    log.consumed("reducer", "one", 0, 10);
    log.pass(later.plusDays(4));
    assertThat(log.count("true")).isZero();
  }

  @Test
  void shouldGatherTheStraysOfAMonthThatIsMade() throws SQLException {
    var stray = log.run(false, 3, now.plusMonths(5));
    assertThat(log.count("tableoid = 'events_long_default'::regclass")).isEqualTo(3);

    log.execute("select ensure_event_partitions('long', 6)");

    assertThat(log.count("tableoid = 'events_long_default'::regclass")).isZero();
    assertThat(versions(stray)).hasSize(3);
    var month = now.plusMonths(5);
    assertThat(
            log.exists("events_long_" + month.getYear() + "_%02d".formatted(month.getMonthValue())))
        .isTrue();
  }
}
