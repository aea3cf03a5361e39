// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.OptionalLong;
import java.util.UUID;

/** The lease of an outbox lane, renewed by every use. */
final class Lease {
  /** When a lease that is renewed now will end. */
  static final String RENEWED =
      "clock_timestamp() + interval '%d seconds'".formatted(OutboxLane.LEASE_SECONDS);

  private static final String HOLD =
      """
      update outbox_lanes set owner = $2, lease_until = %s
       where lane = $1 and (owner = $2 or lease_until < clock_timestamp())
      returning relayed_position
      """
          .formatted(RENEWED);

  private static final String ADVANCE =
      """
      update outbox_lanes
         set relayed_position = $4, lease_until = %s
       where lane = $1 and owner = $2 and relayed_position = $3
      """
          .formatted(RENEWED);

  private static final String RELEASE =
      "update outbox_lanes set lease_until = '-infinity' where lane = $1 and owner = $2";

  private final Pool pool;
  private final int lane;
  private final UUID owner;

  Lease(Pool pool, int lane, UUID owner) {
    this.pool = pool;
    this.lane = lane;
    this.owner = owner;
  }

  /** Takes or renews it and tells the position relayed last; empty while another one holds it. */
  Future<OptionalLong> hold() {
    return pool.preparedQuery(HOLD)
        .execute(Tuple.of(lane, owner))
        .map(rows ->
            rows.size() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(rows.iterator().next().getLong("relayed_position")));
  }

  /** Moves the position by compare-and-set. */
  Future<Boolean> advance(long from, long to) {
    return pool.preparedQuery(ADVANCE)
        .execute(Tuple.of(lane, owner, from, to))
        .map(rows -> rows.rowCount() == 1);
  }

  Future<?> release() {
    return pool.preparedQuery(RELEASE).execute(Tuple.of(lane, owner));
  }
}
