// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a lane of the outbox is.
 *
 * @param lane its number; -1 stands for the dead letters, -2 for redrives
 * @param owner who relays it, or did so last; empty before the first one
 * @param held whether that lease runs
 * @param relayed the position up to which Kafka has everything; 0 for the dead letters
 * @param head the last position there is; 0 for the dead letters
 * @param backlog how many records wait; of dead letters no more than 100,000 are counted
 * @param lag how long the oldest of them has waited, by the database's clock
 */
public record LaneState(
    int lane, String owner, boolean held, long relayed, long head, long backlog, Duration lag) {
  private static final double MICROS = 1e6;

  private static final String READ =
      """
      select o.lane, o.owner::text, o.lease_until > clock_timestamp() as held,
             case when l.lane is null then 0 else o.relayed_position end as relayed,
             coalesce(l.next_position - 1, 0) as head,
             coalesce(l.next_position - 1 - o.relayed_position, d.letters) as backlog,
             extract(epoch from clock_timestamp() - case when l.lane is null then d.oldest
               when l.next_position - 1 > o.relayed_position
               then (select e.recorded_at from events e
                      where e.lane = o.lane and e.position = o.relayed_position + 1)
             end)::float8 as lag
        from outbox_lanes o
        left join lanes l on l.lane = o.lane
        left join (select -1 as lane, count(*) as letters, min(dead_at) as oldest
                     from (select dead_at from dead_letters where published_at is null
                            order by id limit 100000) as waiting
                   union all
                   select -2, count(*), min(queued_at)
                     from (select queued_at from dead_letter_redrives
                            where published_at is null and refused_at is null
                            order by seq limit 100000) as queued) as d on d.lane = o.lane
       order by o.lane
      """;

  /** All lanes, by number. */
  public static Future<List<LaneState>> read(Pool pool) {
    return pool.preparedQuery(READ)
        .execute()
        .map(rows -> {
          var states = new ArrayList<LaneState>(rows.size());
          rows.forEach(row -> states.add(of(row)));
          return List.copyOf(states);
        })
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  private static LaneState of(Row row) {
    Double seconds = row.getDouble("lag");
    return new LaneState(
        row.getInteger("lane"),
        EventRows.text(row.getString("owner")),
        row.getBoolean("held"),
        row.getLong("relayed"),
        row.getLong("head"),
        row.getLong("backlog"),
        seconds == null
            ? Duration.ZERO
            : Duration.ofNanos(Math.max(0, (long) (seconds * MICROS)) * 1_000));
  }
}
