// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.StreamId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Gives every stamp without a leaf one, in the order of creation: those of before there was a log,
 * and those that an older db-adapter has revised since. Of a stamp that was revised before, only
 * the newest revision gets one. A bounded number in each transaction, so that however many there
 * are, none takes long and what is done stays done.
 */
final class StampAdoption {
  private static final int AT_ONCE = 1000;

  private static final String WITHOUT_LEAF =
      """
        from metadata_stamps
       where leaf_index is null
         and namespace collate "C" ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$'
      """;

  private static final String LOOK = "select 1" + WITHOUT_LEAF + " limit 1";

  /** Appends of stamps queue behind who waits for the lock of the table. */
  private static final String LOCK_LIMIT = "set local lock_timeout = '1s'";

  /** No append of today may add a stamp meanwhile, and none of an older db-adapter revise these. */
  private static final String LOCK = "lock table stamp_logs in exclusive mode";

  private static final String CHOOSE =
      """
      select namespace, file_hash, version, created_at, updated_at %s
       order by namespace, created_at, file_hash limit %d
         for update
      """
          .formatted(WITHOUT_LEAF, AT_ONCE);

  private static final String TIMES =
      """
      select e.stream_key, e.occurred_at
        from unnest($1::uuid[], $2::bigint[]) as asked(stream_key, version)
        join events e on e.stream_key = asked.stream_key and e.version = asked.version
      """;

  private static final String ADOPT =
      """
      with chosen as materialized
             (select s.*, c.since, c.place
                from unnest($1::text[], $2::text[], $3::timestamptz[])
                       with ordinality as c(namespace, file_hash, since, place)
                join metadata_stamps s using (namespace, file_hash)),
           logs as
             (insert into stamp_logs as log (namespace, size)
              select namespace, count(*) from chosen group by namespace order by namespace
                  on conflict (namespace) do update set size = log.size + excluded.size
              returning namespace, size),
           placed as materialized
             (select chosen.*, logs.size - count(*) over (partition by namespace)
                     + row_number() over (partition by namespace order by place) - 1 as place_in_log
                from chosen join logs using (namespace)),
           leaves as
             (insert into stamp_leaves (namespace, leaf_index, record)
              select namespace, place_in_log,
                     stamp_record(stamp_id, version, file_hash, content_hash, file_size, created_at,
                                  since, op_id, run_id, namespace, file_path, content_type,
                                  coalesce((stamp_data -> 'metadata')::text, '{}'),
                                  stamp_data ->> 'hashed_by')
                from placed)
      update metadata_stamps s set leaf_index = p.place_in_log, stamped_at = p.since
        from placed p where s.namespace = p.namespace and s.file_hash = p.file_hash
      """;

  private final Pool pool;

  StampAdoption(Pool pool) {
    this.pool = pool;
  }

  /**
   * Adopts them all, and locks nothing when there are none, as at nearly every start. One promise
   * for all rounds, so that their number costs nothing.
   */
  Future<Void> all() {
    Promise<Void> done = Promise.promise();
    pool.query(LOOK)
        .execute()
        .onComplete(
            found -> {
              if (found.size() == 0) {
                done.complete();
              } else {
                next(done);
              }
            },
            done::fail);
    return done.future();
  }

  private void next(Promise<Void> done) {
    pool.withTransaction(this::some)
        .onComplete(
            adopted -> {
              if (adopted < AT_ONCE) {
                done.complete();
              } else {
                next(done);
              }
            },
            done::fail);
  }

  private Future<Integer> some(SqlConnection connection) {
    return connection
        .query(LOCK_LIMIT)
        .execute()
        .compose(_ -> connection.query(LOCK).execute())
        .compose(_ -> connection.query(CHOOSE).execute())
        .compose(chosen ->
            chosen.size() == 0
                ? Future.succeededFuture(0)
                : times(connection, chosen).compose(times -> adopt(connection, chosen, times)));
  }

  private static UUID key(Row stamp) {
    return new StreamId("stamp", stamp.getString("namespace"), stamp.getString("file_hash")).key();
  }

  /** When later revisions were stamped: what the rows do not say. */
  private static Future<Map<UUID, OffsetDateTime>> times(
      SqlConnection connection, RowSet<Row> chosen) {
    List<Row> revised = new ArrayList<>();
    chosen.forEach(stamp -> {
      if (stamp.getLong("version") > 1) {
        revised.add(stamp);
      }
    });
    Map<UUID, OffsetDateTime> times = new HashMap<>();
    if (revised.isEmpty()) {
      return Future.succeededFuture(times);
    }
    var asked =
        Columns.of(revised).uuid(StampAdoption::key).bigint(stamp -> stamp.getLong("version"));
    return connection
        .preparedQuery(TIMES)
        .execute(asked.tuple())
        .map(rows -> {
          rows.forEach(
              row -> times.put(row.getUUID("stream_key"), row.getOffsetDateTime("occurred_at")));
          return times;
        });
  }

  private static Future<Integer> adopt(
      SqlConnection connection, RowSet<Row> chosen, Map<UUID, OffsetDateTime> times) {
    List<Row> stamps = new ArrayList<>();
    chosen.forEach(stamps::add);
    var columns =
        Columns.of(stamps)
            .text(stamp -> stamp.getString("namespace"))
            .text(stamp -> stamp.getString("file_hash"))
            .time(stamp -> stampedAt(stamp, times));
    return connection.preparedQuery(ADOPT).execute(columns.tuple()).map(_ -> stamps.size());
  }

  /** The event of a revision may be gone; its row was written soon after it. */
  private static OffsetDateTime stampedAt(Row stamp, Map<UUID, OffsetDateTime> times) {
    if (stamp.getLong("version") == 1) {
      return stamp.getOffsetDateTime("created_at");
    }
    return times.getOrDefault(key(stamp), stamp.getOffsetDateTime("updated_at"));
  }
}
