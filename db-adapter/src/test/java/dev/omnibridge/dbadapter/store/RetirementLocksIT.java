// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.dbadapter.store.Retirement.Month;
import dev.omnibridge.dbadapter.store.Retirement.Went;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Months of events come and go beside everybody else, and nobody waits for them. */
class RetirementLocksIT {
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

  /** What is there already needs no lock, so nobody who holds one is in the way. */
  @Test
  void shouldLookAtNothingWhenAllMonthsAreMade() throws SQLException {
    try (var other = log.connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select pg_advisory_xact_lock(hashtext('ensure_event_partitions'))");
      statement.execute("lock table events_long_default in access exclusive mode");
      log.open();
      other.rollback();
    }
  }

  /** Somebody is in the way of the months, and stays there: they can wait, the start cannot. */
  @Test
  void shouldStartWithoutTheMonthsToCome() throws SQLException {
    log.execute("drop table " + month());
    try (var other = log.connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("lock table events_long_default in access share mode");
      log.open();
      other.rollback();
    }
    assertThat(log.exists(month())).isFalse();
    log.open();
    assertThat(log.exists(month())).isTrue();
  }

  @Test
  void shouldGiveUpRatherThanHoldUpAppends() throws SQLException {
    log.run(true, 5, lastMonth);
    try (var reader = log.connect()) {
      reader.setAutoCommit(false);
      reader.createStatement().executeQuery("select count(*) from events").close();
      long began = System.nanoTime();
      assertThatThrownBy(() -> log.pass(later)).hasMessageContaining("lock timeout");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
      reader.rollback();
    }
    assertThat(log.count("true")).isEqualTo(5);

    log.pass(later);
    assertThat(log.count("true")).isZero();
  }

  @Test
  void shouldRetireTheOtherMonthsWhenOneCannotBe() throws SQLException {
    log.run(true, 5, lastMonth);
    log.run(true, 4, now);
    try (var reader = log.connect()) {
      reader.setAutoCommit(false);
      reader.createStatement().execute("lock table %s in access share mode".formatted(month()));
      assertThatThrownBy(() -> log.pass(later)).hasMessageContaining("lock timeout");
      reader.rollback();
    }
    assertThat(log.count("true")).isEqualTo(5);

    log.pass(later);
    assertThat(log.count("true")).isZero();
  }

  /** To look through the default partition for strays would keep appends out for as long. */
  @Test
  void shouldTakeTheMonthsPlaceWithoutALookAtStrays() throws SQLException {
    log.run(false, 5, lastMonth);
    log.run(true, 3, now.minusYears(5));
    var month = new Month(month(), "long", later.minusDays(400));
    assertThat(log.step(month)).isEqualTo(Went.ON);
    assertThat(log.step(month)).isEqualTo(Went.ON);
    try (var reader = log.connect()) {
      reader.setAutoCommit(false);
      reader.createStatement().execute("lock table %s in access share mode".formatted(month()));
      assertThatThrownBy(() -> log.step(month)).hasMessageContaining("lock timeout");
      reader.rollback();
    }

    try (var connection = log.connect();
        var swap = connection.createStatement()) {
      swap.execute("set client_min_messages = debug1");
      swap.execute("select retire_swap('%s', '%s')".formatted(month(), month.before()));
      Iterable<Throwable> told = swap.getWarnings();
      assertThat(told)
          .extracting(Throwable::getMessage)
          .anyMatch(
              line -> line.contains("events_long_default") && line.contains("implied by existing"));
    }
    assertThat(log.exists(month() + "_kept")).isTrue();
  }
}
