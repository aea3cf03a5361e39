// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.Fault;
import io.vertx.pgclient.PgException;

/** What a failed statement means, by its SQLSTATE. */
enum Failures {
  /** A row is there already: somebody else was first, or the rows repeat. */
  DUPLICATE,
  /** A race over locks was lost; the same again may succeed at once. */
  RACE,
  /** The database is away, or the connection to it; what was being committed is unknown. */
  AWAY,
  /** The statement itself is refused; the same again fails again. */
  REJECTED;

  static Failures of(Throwable failure) {
    if (!(failure instanceof PgException refused)) {
      return failure instanceof Fault || failure instanceof RuntimeException && isOurs(failure)
          ? REJECTED
          : AWAY;
    }
    String state = String.valueOf(refused.getSqlState());
    return switch (state) {
      case "23505" -> DUPLICATE;
      case "40001", "40P01", "55P03" -> RACE;
      // 25006: a standby, which takes no writes until the failover is over. 40003: outcome unknown.
      case "57014", "25006", "25P03", "25P04", "40003" -> AWAY;
      default ->
          switch (state.substring(0, Math.min(2, state.length()))) {
            case "08", "53", "57", "58" -> AWAY;
            default -> REJECTED;
          };
    };
  }

  /** A bug here, unlike what the driver throws when it has lost its connection. */
  private static boolean isOurs(Throwable failure) {
    return failure instanceof IllegalStateException && failure.getStackTrace().length > 0
        || failure instanceof NullPointerException
        || failure instanceof ClassCastException
        || failure instanceof IndexOutOfBoundsException;
  }

  /** The fault of a read or of a write that is not repeated here. */
  static Fault fault(Throwable failure) {
    if (failure instanceof Fault fault) {
      return fault;
    }
    return switch (of(failure)) {
      case AWAY, RACE -> away(failure);
      case DUPLICATE, REJECTED -> Fault.broken(failure);
    };
  }

  static Fault away(Throwable cause) {
    return Fault.unavailable("DATABASE_AWAY", "The database does not answer.", cause);
  }
}
