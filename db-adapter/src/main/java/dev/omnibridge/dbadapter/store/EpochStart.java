// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Begins a new epoch of a log whose database was restored. */
public final class EpochStart {
  private static final String START =
      "select start_log_epoch($1, $2, $3::text::pg_lsn, $4) as epoch";

  private static final String HEADS = "select lane, next_position - 1 as head from lanes";

  private final Pool pool;

  public EpochStart(Pool pool) {
    this.pool = pool;
  }

  /** The new epoch; before it, what Kafka has of the log is appended again or left out. */
  public Future<Long> begin(
      String why, boolean fromKafka, @Nullable String lsn, @Nullable OffsetDateTime reached) {
    return pool.preparedQuery(START)
        .execute(Tuple.of(why, fromKafka, lsn, reached))
        .map(rows -> rows.iterator().next().getLong("epoch"));
  }

  /** The last position of every lane. */
  public Future<SortedMap<Integer, Long>> heads() {
    return pool.query(HEADS)
        .execute()
        .map(rows -> {
          var heads = new TreeMap<Integer, Long>();
          for (Row row : rows) {
            heads.put(row.getInteger("lane"), row.getLong("head"));
          }
          return heads;
        });
  }
}
