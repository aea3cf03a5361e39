// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One pass removes all that is to go, however much more than one statement takes. */
class HousekeepingIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();

  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  @SuppressWarnings("NullAway.Init")
  private Housekeeping housekeeping;

  @BeforeEach
  void prepare() throws SQLException {
    var postgres =
        new Postgres(
            database.host(),
            database.port(),
            database.user(),
            database.password(),
            database.name());
    pool = new Database(vertx, postgres).pool(4, true);
    var schema = new Schema(vertx, pool);
    var unused = await(schema.open(postgres, Duration.ofSeconds(20), new Lanes(4, 2), List.of()));
    housekeeping =
        new Housekeeping(
            vertx,
            pool,
            schema,
            new Retirement(
                pool, Map.of(), () -> Future.failedFuture(new IllegalStateException("no Kafka"))),
            new ContentStore(pool, pool),
            List.of(),
            Duration.ofDays(30));
    fill();
  }

  @AfterEach
  void stop() {
    housekeeping.stop();
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(60, TimeUnit.SECONDS).await();
  }

  /** Old ones, and young ones among them. */
  private void fill() throws SQLException {
    execute(
        """
        insert into request_ids
        select 'default', 'r' || i, 'w', gen_random_uuid(), 'd', 'i', 'l',
               now() - case when i % 25 = 0 then interval '6 days' else interval '8 days' end
          from generate_series(1, 25000) as i
        """);
    execute(
        """
        insert into content (content_hash, upload_id, size, used_at)
        select lpad(to_hex(i), 64, '0'), gen_random_uuid(), 1,
               now() - case when i % 25 = 0 then interval '29 days' else interval '31 days' end
          from generate_series(1, 2500) as i
        """);
    execute("insert into content_chunks select upload_id, 0, 'x' from content");
    execute("insert into content_uploads values (gen_random_uuid(), now())");
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long count(String table) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void shouldRemoveAllThatIsOldInOnePass() throws SQLException {
    await(housekeeping.tidy());
    assertThat(count("request_ids")).isEqualTo(1000);
    assertThat(count("content")).isEqualTo(100);
    assertThat(count("content_chunks")).isEqualTo(100);
    assertThat(count("content_uploads")).isEqualTo(1);
  }

  @Test
  void shouldBeginNoPassWhileOneIsUnderWay() throws SQLException {
    Future<Void> first;
    try (var holding = database.connect();
        var statement = holding.createStatement()) {
      holding.setAutoCommit(false);
      statement.execute("lock table request_ids in share mode");
      first = housekeeping.tidy();
      Future<Void> second = housekeeping.tidy();
      assertThat(second.isComplete()).isTrue();
      assertThat(first.isComplete()).isFalse();
      holding.rollback();
    }
    await(first);
    execute("update content set used_at = now() - interval '40 days'");
    await(housekeeping.tidy());
    assertThat(count("content")).isZero();
  }
}
