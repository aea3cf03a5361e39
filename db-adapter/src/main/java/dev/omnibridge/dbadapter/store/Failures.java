// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.Fault;
import io.vertx.pgclient.PgException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

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

  /** Severities after which the server closes the connection, whatever the statement was. */
  private static final Set<String> ENDS_SESSIONS = Set.of("FATAL", "PANIC");

  static Failures of(Throwable failure) {
    return switch (failure) {
      case PgException gone when ENDS_SESSIONS.contains(String.valueOf(gone.getSeverity())) -> AWAY;
      case PgException refused -> ofState(String.valueOf(refused.getSqlState()));
      case SQLException gone when ENDS_SESSIONS.contains(severity(gone)) -> AWAY;
      case SQLException refused -> ofState(String.valueOf(refused.getSQLState()));
      case Fault _ -> REJECTED;
      case RuntimeException bug when isOurs(bug) -> REJECTED;
      default -> AWAY;
    };
  }

  private static Failures ofState(String state) {
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

  /**
   * True when it is the row that is refused, for ever and wherever it comes from: its data (22), a
   * constraint on it (23), a size (54), a rule of a trigger (P0). Whatever else is refused, a
   * missing partition or privilege say, would be refused for every row: that needs a person, and no
   * row may be given up for it.
   */
  static boolean isPoison(SQLException refused) {
    String state = String.valueOf(refused.getSQLState());
    @Nullable ServerErrorMessage told = told(refused);
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "23" ->
          !state.equals("23505") && told != null && !orEmpty(told.getConstraint()).isEmpty()
              || state.equals("23502");
      case "22", "54", "P0" -> true;
      default -> false;
    };
  }

  /** Which row of a COPY the server names, from 1; 0 when it names none. */
  static int line(SQLException refused) {
    @Nullable ServerErrorMessage told = told(refused);
    var place = java.util.regex.Pattern.compile("COPY [^,]+, \\D*(\\d+)");
    var found = place.matcher(told == null ? "" : orEmpty(told.getWhere()));
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  private static @Nullable ServerErrorMessage told(SQLException refused) {
    return refused instanceof PSQLException told ? told.getServerErrorMessage() : null;
  }

  private static String severity(SQLException refused) {
    @Nullable ServerErrorMessage told = told(refused);
    return told == null ? "" : orEmpty(told.getSeverity());
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
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

  /** Says what is known about a database that takes nothing. */
  static Fault away(Throwable cause) {
    if (isDiskFull(cause)) {
      return Fault.of(
          Fault.Kind.EXHAUSTED, "DISK_FULL", "The disk of the database is full; free some space.");
    }
    if (hasState(cause, "55P03")) {
      return Fault.unavailable(
          "LANE_HELD", "Another session of the database holds the log's rows for too long.", cause);
    }
    return Fault.unavailable("DATABASE_AWAY", "The database does not answer.", cause);
  }

  static boolean isDiskFull(Throwable failure) {
    return hasState(failure, "53100");
  }

  /**
   * True when the server itself says that nothing was done; a farewell or a panic leave it open.
   */
  static boolean isCertain(Throwable failure) {
    return failure instanceof PgException refused && "ERROR".equals(refused.getSeverity());
  }

  private static boolean hasState(Throwable failure, String state) {
    return state.equals(state(failure)) || state.equals(state(failure.getCause()));
  }

  /** What the server said, to either of the two drivers. */
  private static @Nullable String state(@Nullable Throwable failure) {
    if (failure instanceof PgException refused) {
      return refused.getSqlState();
    }
    return failure instanceof SQLException refused ? refused.getSQLState() : null;
  }
}
