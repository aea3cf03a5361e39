// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.MigratedDatabase;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A restored log with more to compare than any other work takes. */
class ReconciliationIT {
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();

  private final Postgres postgres =
      new Postgres(
          database.host(), database.port(), database.user(), database.password(), database.name());

  /** Here half a second of silence is as long as the usual limit. */
  private final Database impatient =
      new Database(vertx, postgres, Breaker.Settings.forStore(), Duration.ofMillis(500));

  @BeforeEach
  void restore() throws SQLException {
    var pool = impatient.pool(1, true);
    var unused =
        await(
            new Schema(vertx, pool)
                .open(postgres, Duration.ofSeconds(20), new Lanes(2, 1), List.of())
                .eventually(pool::close));
    execute("select start_log_epoch('a test', true)");
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(20, TimeUnit.SECONDS).await();
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What comes over the transaction that appends again. */
  private void duringTheWork(String what) throws SQLException {
    execute(
        """
        create function meanwhile() returns trigger language plpgsql as
          $$ begin perform %s; return new; end $$;
        create trigger meanwhile before update on log_epochs
          for each row execute function meanwhile()
        """
            .formatted(what));
  }

  @Test
  void shouldFinishHoweverLongTheDatabaseSaysNothing() throws SQLException {
    duringTheWork("pg_sleep(2)");
    try (var reconciliation = await(Reconciliation.begin(impatient))) {
      var task = await(reconciliation.task()).orElseThrow();

      await(reconciliation.finish(task, 0));

      assertThat(await(reconciliation.task())).isEmpty();
    }
  }

  @Test
  void shouldTellALostConnectionAsSomethingToTryAgain() throws SQLException {
    duringTheWork("pg_terminate_backend(pg_backend_pid())");
    try (var reconciliation = await(Reconciliation.begin(impatient))) {
      var task = await(reconciliation.task()).orElseThrow();

      var fault = catchThrowableOfType(Fault.class, () -> await(reconciliation.finish(task, 0)));

      assertThat(fault.reason()).isEqualTo("DATABASE_AWAY");
      assertThat(fault.kind().worthRetrying()).isTrue();
    }
  }
}
