// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index of the log by time up to date, without which a question about the last hour reads
 * every page that was written since the last vacuum. PostgreSQL can do that itself, but takes no
 * more than 256 requests at a time, which thousands of events a second are too many for, and then
 * logs each one that it lets go. Every db-adapter does it; doing it twice changes nothing.
 */
public final class TimeSummaries {
  private static final Logger log = LoggerFactory.getLogger(TimeSummaries.class);
  private static final long EVERY_MILLIS = 10_000;

  /** What the index sums up in one entry: 32 pages. */
  private static final long RANGE_BYTES = 32 * 8192;

  private static final String INDEXES =
      """
      select c.oid::regclass::text as index, pg_relation_size(t.relid) as bytes
        from pg_partition_tree('events') t
        join pg_index i on i.indrelid = t.relid
        join pg_class c on c.oid = i.indexrelid
        join pg_am a on a.oid = c.relam
       where t.isleaf and a.amname = 'brin'
      """;

  private static final String SUMMARIZE =
      "select brin_summarize_new_values($1::text::regclass) as ranges";

  private final Vertx vertx;
  private final Pool pool;
  private final Map<String, Long> summarized = new ConcurrentHashMap<>();
  private final AtomicBoolean under = new AtomicBoolean();
  private long timer;

  public TimeSummaries(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  private record Grown(String index, long bytes) {}

  public void start() {
    timer =
        vertx.setPeriodic(
            EVERY_MILLIS,
            _ -> {
              if (!under.getAndSet(true)) {
                pass().onFailure(TimeSummaries::putOff).onComplete(_ -> under.set(false));
              }
            });
  }

  private static void putOff(Throwable failure) {
    log.atDebug()
        .addKeyValue(LogKeys.REASON, failure.getMessage())
        .log("the index of the log by time is put off");
  }

  /** Sums up what has grown since the last time; tells how many ranges that were. */
  Future<Integer> pass() {
    return pool.query(INDEXES)
        .execute()
        .compose(rows -> {
          var grown = new ArrayList<Grown>();
          for (Row row : rows) {
            var one = new Grown(row.getString("index"), row.getLong("bytes"));
            if (one.bytes() - summarized.getOrDefault(one.index(), 0L) >= RANGE_BYTES) {
              grown.add(one);
            }
          }
          return all(grown);
        });
  }

  private Future<Integer> all(List<Grown> grown) {
    Future<Integer> ranges = Future.succeededFuture(0);
    for (Grown one : grown) {
      ranges = ranges.compose(before -> summarize(one).map(more -> before + more));
    }
    return ranges;
  }

  private Future<Integer> summarize(Grown one) {
    return pool.preparedQuery(SUMMARIZE)
        .execute(Tuple.of(one.index()))
        .map(rows -> {
          summarized.put(one.index(), one.bytes());
          return rows.iterator().next().getInteger("ranges");
        });
  }

  public void stop() {
    vertx.cancelTimer(timer);
  }
}
