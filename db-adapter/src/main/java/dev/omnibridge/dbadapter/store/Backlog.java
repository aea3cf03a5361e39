// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;

/** How many events and dead letters wait for Kafka. */
public record Backlog(long events, long deadLetters) {
  private static final String COUNT =
      """
      select (select coalesce(sum(l.next_position - 1 - o.relayed_position), 0)::bigint
                from lanes l join outbox_lanes o on o.lane = l.lane) as events,
             (select count(*) from dead_letters where published_at is null) as dead_letters
      """;

  public static Future<Backlog> read(Pool pool) {
    return pool.query(COUNT)
        .execute()
        .map(rows -> rows.iterator().next())
        .map(row -> new Backlog(row.getLong("events"), row.getLong("dead_letters")))
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }
}
