// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What one relay works through: records in a fixed order, a lease that tells who works, and a mark
 * that tells how far. Of two that think they hold the lease only one can set the mark.
 */
public interface OutboxLane {
  /** How long a lease holds without use, by the database's clock. */
  int LEASE_SECONDS = 2;

  /** Its number, for logs. */
  int lane();

  /** Takes or renews the lease; false while somebody else holds it. */
  Future<Boolean> hold();

  /** What stands after the mark, in order; only under the lease. */
  Future<List<Outgoing>> next(int most);

  /**
   * What stands after a record that was given before it has been passed, to be ready in time; empty
   * where nothing is read ahead.
   */
  default Future<List<Outgoing>> after(Outgoing last, int most) {
    return Future.succeededFuture(List.of());
  }

  /**
   * Whether nothing stood behind these when they were read, by a question for so many; false when
   * the lane cannot tell.
   */
  default boolean isAll(List<Outgoing> records, int most) {
    return false;
  }

  /**
   * What may be sent in place of a record that its topic refuses for its size; empty where the
   * record is waited for instead.
   */
  default Optional<Outgoing> insteadOf(Outgoing tooLarge) {
    return Optional.empty();
  }

  /**
   * Ends a record that its topic refuses for good, so that those behind it can go; false where the
   * record is waited for instead, and when somebody else has the lease.
   */
  default Future<Boolean> giveUp(Outgoing refused, Fault why) {
    return Future.succeededFuture(false);
  }

  /**
   * Sets the mark behind these, which are the first of what was given, and renews the lease; false
   * when somebody else has it.
   */
  Future<Boolean> passed(List<Outgoing> published);

  /** Gives the lease back, so that another one need not wait for its end. */
  Future<?> release();
}
