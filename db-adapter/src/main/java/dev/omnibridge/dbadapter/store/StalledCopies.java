// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions of ours that wait for the rest of a COPY: no limit of the server's holds for them
 * meanwhile, so a process that is frozen in one would keep its lane for as long as it is. Nothing
 * is lost by it: such a transaction is not committed.
 */
final class StalledCopies {
  private static final Logger log = LoggerFactory.getLogger(StalledCopies.class);

  /** A second more than any transaction of ours may take; only a COPY reads while it is active. */
  private static final String END =
      """
      select count(*)
        from (select pg_terminate_backend(pid) as ended
                from pg_stat_activity
               where application_name = ? and datname = current_database()
                 and usename = current_user and pid <> pg_backend_pid()
                 and state = 'active' and wait_event = 'ClientRead'
                 and xact_start < clock_timestamp() - interval '6 seconds') as stalled
       where ended
      """;

  private StalledCopies() {}

  /** In a transaction of its own, on a connection that is in none. */
  static void end(Connection connection) throws SQLException {
    try (var ending = connection.prepareStatement(END)) {
      ending.setString(1, Database.APPLICATION);
      try (var rows = ending.executeQuery()) {
        if (rows.next() && rows.getInt(1) > 0) {
          log.atWarn()
              .addKeyValue("sessions", rows.getInt(1))
              .log("ended sessions that were stalled in a COPY and held a lane");
        }
      }
    }
    connection.commit();
  }
}
