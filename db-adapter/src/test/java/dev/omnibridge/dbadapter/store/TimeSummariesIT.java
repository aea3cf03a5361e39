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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The index by time follows what is written, and nothing but ours does that. */
class TimeSummariesIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Postgres postgres =
      new Postgres(
          database.host(), database.port(), database.user(), database.password(), database.name());
  private final Pool pool = new Database(vertx, postgres).pool(2, true);

  @AfterEach
  void stop() {
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(30, TimeUnit.SECONDS).await();
  }

  private String text(String sql) {
    return await(pool.query(sql).execute()).iterator().next().getString(0);
  }

  /** About so many pages of events, now. */
  private void write(int pages) throws SQLException {
    String sql =
        """
        insert into events (event_id, occurred_at, recorded_at, retention, stream_key, kind,
                            namespace, stream_id, version, lane, position, type, topic, body)
        select gen_random_uuid(), now(), now(), 'long', gen_random_uuid(), 'test', 'n', 's', 1, 0,
               coalesce((select max(position) from events), 0) + i, 't', 't',
               convert_to(repeat(md5(i::text), 40), 'UTF8')
          from generate_series(1, %d) as i
        """
            .formatted(pages * 6);
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void shouldSumUpWhatHasGrownAndNothingElse() throws SQLException {
    var unused =
        await(
            new Schema(vertx, pool)
                .open(postgres, Duration.ofSeconds(20), new Lanes(4, 2), List.of("long")));
    assertThat(
            text(
                """
                select count(*) filter (where 'autosummarize=on' = any(c.reloptions)) || ' of '
                       || (count(*) > 2)
                  from pg_partition_tree('events') t
                  join pg_index i on i.indrelid = t.relid
                  join pg_class c on c.oid = i.indexrelid
                 where t.isleaf and c.relam = (select oid from pg_am where amname = 'brin')
                """))
        .isEqualTo("0 of true");
    var summaries = new TimeSummaries(vertx, pool);
    write(100);
    assertThat(await(summaries.pass())).isGreaterThanOrEqualTo(2);
    assertThat(await(summaries.pass())).isZero();
    write(1);
    assertThat(await(summaries.pass())).isZero();
    write(100);
    assertThat(await(summaries.pass())).isGreaterThanOrEqualTo(2);
    assertThat(await(new TimeSummaries(vertx, pool).pass())).isZero();
  }
}
