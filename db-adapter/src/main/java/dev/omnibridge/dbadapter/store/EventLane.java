// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.LogEpochs;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of one lane in the order of their positions. */
public final class EventLane implements OutboxLane {
  private static final Logger log = LoggerFactory.getLogger(EventLane.class);
  private static final int MOST_BYTES = 4 << 20;

  private static final String READ =
      """
      select %1$s
        from (select *, sum(octet_length(body)) over (order by position) - octet_length(body) as
                                before
                from (select * from events where lane = $1 and position > $2
                       order by position limit $3) as page) as cut
       where before < %2$d
       order by position
      """
          .formatted(EventRows.COLUMNS, MOST_BYTES);

  private final Pool pool;
  private final OutgoingEvents events;
  private final int lane;
  private final Lease lease;
  private long relayed;

  /** Of a log that was never restored. */
  public EventLane(Pool pool, Catalogue catalogue, UUID logId, int lane, UUID owner) {
    this(pool, catalogue, logId, LogEpochs.FIRST, lane, owner);
  }

  public EventLane(
      Pool pool, Catalogue catalogue, UUID logId, LogEpochs epochs, int lane, UUID owner) {
    this.pool = pool;
    this.events = new OutgoingEvents(catalogue, logId, epochs);
    this.lane = lane;
    this.lease = new Lease(pool, lane, owner);
  }

  @Override
  public int lane() {
    return lane;
  }

  @Override
  public Future<Boolean> hold() {
    return lease
        .hold()
        .map(held -> {
          held.ifPresent(position -> relayed = position);
          return held.isPresent();
        });
  }

  @Override
  public Future<List<Outgoing>> next(int most) {
    return read(relayed, most);
  }

  @Override
  public Future<List<Outgoing>> after(Outgoing last, int most) {
    return read(last.position(), most);
  }

  private Future<List<Outgoing>> read(long after, int most) {
    return pool.preparedQuery(READ)
        .execute(Tuple.of(lane, after, most))
        .map(rows -> withoutGap(rows, after));
  }

  /** A page ends before its time only where it has become too large. */
  @Override
  public boolean isAll(List<Outgoing> records, int most) {
    return records.size() < most && bytes(records) < MOST_BYTES;
  }

  private static long bytes(List<Outgoing> records) {
    return records.stream()
        .map(Outgoing::value)
        .mapToLong(body -> body == null ? 0 : body.length)
        .sum();
  }

  /** Positions are dense and appear in order; should that ever fail, nothing is passed over. */
  private List<Outgoing> withoutGap(RowSet<Row> rows, long after) {
    var records = new ArrayList<Outgoing>(rows.size());
    for (Row row : rows) {
      long position = row.getLong(6);
      if (position != after + records.size() + 1) {
        log.atError()
            .addKeyValue(LogKeys.LANE, lane)
            .addKeyValue(LogKeys.POSITION, position)
            .log("the lane has a gap before this position");
        return records;
      }
      records.add(events.of(row, List.of()));
    }
    return records;
  }

  @Override
  public Future<Boolean> passed(List<Outgoing> published) {
    long last = published.getLast().position();
    return lease
        .advance(relayed, last)
        .onSuccess(advanced -> {
          if (advanced) {
            relayed = last;
          }
        });
  }

  @Override
  public Future<?> release() {
    return lease.release();
  }
}
