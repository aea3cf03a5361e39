// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What another session of the database sees of the events of one correlation, asked often. */
final class Eyes implements AutoCloseable {
  /** With nothing new for so long nothing more is to come, once there is enough. */
  private static final Duration STILL = Duration.ofSeconds(1);

  /** A group takes this long to find out that a member was killed, and then some. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration LIMIT = Duration.ofSeconds(180);

  private final Connection connection;
  private final PreparedStatement count;
  private final PreparedStatement distinct;
  private final PreparedStatement lengths;

  Eyes(Stack stack, UUID correlation) throws SQLException {
    connection = stack.sql();
    count = connection.prepareStatement("select count(*) from event_logs where correlation_id = ?");
    count.setObject(1, correlation);
    distinct =
        connection.prepareStatement(
            "select count(distinct original_id) from event_logs where correlation_id = ?");
    distinct.setObject(1, correlation);
    lengths =
        connection.prepareStatement(
            "select stream, max(version) from event_logs where correlation_id = ? group by 1");
    lengths.setObject(1, correlation);
  }

  /** How many there are. */
  long count() throws SQLException {
    return number(count);
  }

  /** How many there are when each is counted once. */
  long distinct() throws SQLException {
    return number(distinct);
  }

  private static long number(PreparedStatement question) throws SQLException {
    try (var rows = question.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** What there is when nothing more comes, and when the last one came. */
  record Quiet(Tally tally, long since) {}

  /**
   * Waits until nothing more comes, whether there are too few then or too many.
   *
   * @throws AssertionError when they do not stop coming
   */
  Quiet quiet(long expected) throws SQLException {
    long began = System.nanoTime();
    long since = began;
    long seen = 0;
    while (true) {
      long now = count();
      long at = System.nanoTime();
      if (now != seen) {
        seen = now;
        since = at;
      } else if (at - since > (seen < expected ? PATIENCE : STILL).toNanos()) {
        return new Quiet(new Tally(expected, seen, distinct()), since);
      }
      if (at - began > LIMIT.toNanos()) {
        throw new AssertionError("No end of events after %s: %d by now".formatted(LIMIT, seen));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(at - since > STILL.toNanos() ? 50 : 1));
    }
  }

  /** How many of each stream; none is seen before those ahead of it. */
  Map<String, Integer> lengths() throws SQLException {
    var found = new HashMap<String, Integer>();
    try (var rows = lengths.executeQuery()) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getInt(2));
      }
    }
    return found;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
