// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one lane's failures mean for everybody else who asks the same database. */
class GuardedLaneTest {
  private final Breaker database = new Breaker("postgresql", Breaker.Settings.forStore());

  /** A lane whose database always fails so. */
  private record Failing(Throwable failure) implements OutboxLane {
    @Override
    public int lane() {
      return 0;
    }

    @Override
    public Future<Boolean> hold() {
      return Future.failedFuture(failure);
    }

    @Override
    public Future<List<Outgoing>> next(int most) {
      return Future.failedFuture(failure);
    }

    @Override
    public Future<Boolean> passed(List<Outgoing> published) {
      return Future.failedFuture(failure);
    }

    @Override
    public Future<?> release() {
      throw new AssertionError("asked though it is away");
    }
  }

  private void askOften(Throwable failure) {
    var lane = new GuardedLane(new Failing(failure), database);
    for (int i = 0; i < 10; i++) {
      assertThat(lane.next(1).failed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"55P03", "40P01", "23505", "22001", "42501"})
  void shouldNotCountTheDatabaseAsAwayForOneLaneThatItRefuses(String state) {
    askOften(new PgException("no", "ERROR", state, null));
    assertThat(database.closed()).isTrue();
  }

  @Test
  void shouldTellTheOthersThatTheDatabaseIsAway() {
    askOften(ClosedConnectionException.INSTANCE);
    assertThat(database.open()).isTrue();
  }

  @Test
  void shouldNotWaitForADatabaseThatIsAwayToGiveALaneBack() {
    askOften(ClosedConnectionException.INSTANCE);
    var lane = new GuardedLane(new Failing(ClosedConnectionException.INSTANCE), database);
    assertThat(lane.release().cause())
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("CIRCUIT_OPEN"));
  }
}
