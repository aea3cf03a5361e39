// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.CompareStampsResponse;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.dbadapter.log.Texts;
import dev.omnibridge.runtime.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.Utils;

/**
 * Reads ranges of leaves by COPY, a bounded number at a time, on a connection of its own. Blocks,
 * so it is for a thread of its own.
 */
public final class StampScan<M> implements AutoCloseable {
  private static final int HEADER = 19;
  private static final int READ_BYTES = 8 << 20;

  /**
   * What a read takes of memory at most, unless a single leaf is larger: eight scans may run at
   * once.
   */
  private static final int MOST_BYTES = 2 * READ_BYTES;

  /** So few that the first read fits even if they are the largest that are stamped, 68 KiB each. */
  private static final int FIRST_ROWS = 64;

  private static final int MOST_ROWS = 16_384;

  /** The SQLSTATE of a statement that took longer than it may. */
  private static final String TOO_LONG = "57014";

  static final String LEAVES =
      """
      copy (select leaf_index, record from stamp_leaves
             where namespace = %1$s and leaf_index >= %2$d and leaf_index < %3$d
             order by leaf_index) to stdout (format binary)
      """;

  /** The newest revision is looked up only for a leaf that no row names, so not in a join. */
  private static final String COMPARED =
      """
      copy (select coalesce(l.leaf_index, s.leaf_index), l.record, s.file_hash, s.content_hash,
                   s.stamp_id, s.version, s.file_path, s.file_size, s.content_type,
                   s.stamp_data, s.run_id, s.op_id, s.created_at, s.stamped_at,
                   case when s.file_hash is null
                        then (select m.version from metadata_stamps m
                               where m.namespace = %1$s
                                 and m.file_hash = encode(substr(l.record, 26, 32), 'hex')) end,
                   case when s.file_hash is null
                        then (select m.leaf_index from metadata_stamps m
                               where m.namespace = %1$s
                                 and m.file_hash = encode(substr(l.record, 26, 32), 'hex')) end
              from (select leaf_index, record from stamp_leaves
                     where namespace = %1$s and leaf_index >= %2$d and leaf_index < %3$d) as l
              full join (select * from metadata_stamps
                          where namespace = %1$s and leaf_index >= %2$d and leaf_index < %3$d) as s
             using (leaf_index)) to stdout (format binary)
      """;

  /** Both indexes are in the order of the leaves: anything but walking along them is slower. */
  private static final String PLANS =
      """
      set enable_bitmapscan = off; set enable_hashjoin = off; set enable_nestloop = off;
      set max_parallel_workers_per_gather = 0
      """;

  private final Connection connection;
  private final String sql;
  private final String namespace;
  private final ScannedRows<M> scanned;
  private final long to;
  private long at;
  private int rows = FIRST_ROWS;
  private long bytes;

  private StampScan(
      Connection connection,
      String sql,
      String namespace,
      ScannedRows<M> scanned,
      long at,
      long to) {
    this.connection = connection;
    this.sql = sql;
    this.namespace = namespace;
    this.scanned = scanned;
    this.at = at;
    this.to = to;
  }

  /** Leaves as index, length of the record and record. */
  public static StampScan<ReadStampLeavesResponse> leaves(
      Database database, String namespace, long from, long to) {
    return open(database, LEAVES, namespace, new LeafRows(), from, to);
  }

  /** Leaves beside their rows, or without those that say the same. */
  public static StampScan<CompareStampsResponse> compared(
      Database database, String namespace, boolean onlyDiffering, long from, long to) {
    var scanned = new ComparedRows(namespace, onlyDiffering);
    return open(database, COMPARED, namespace, scanned, from, to);
  }

  static <M> StampScan<M> open(
      Database database, String sql, String namespace, ScannedRows<M> scanned, long from, long to) {
    Texts.check("namespace", namespace);
    try {
      String literal = "'" + Utils.escapeLiteral(null, namespace, true) + "'";
      return new StampScan<>(planned(database.connectBlocking()), sql, literal, scanned, from, to);
    } catch (SQLException failure) {
      throw refused(failure);
    }
  }

  private static Connection planned(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(PLANS);
      connection.commit();
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  /** The next messages of at least a row each; null at the end. */
  public @Nullable List<M> next() {
    if (at >= to) {
      return null;
    }
    while (true) {
      long end = Math.min(to, at + rows);
      List<M> messages = readUnlessTooMuch(end);
      if (messages == null) {
        rows = Math.max(1, (int) (end - at) / 2);
        continue;
      }
      long average = Math.max(1, bytes / (end - at));
      rows = (int) Math.clamp(READ_BYTES / average, 1, Math.min(MOST_ROWS, 4L * rows));
      at = end;
      return messages;
    }
  }

  /** Null when it is too much for the memory, or for the time that a statement has. */
  private @Nullable List<M> readUnlessTooMuch(long end) {
    boolean single = end - at == 1;
    try {
      return read(String.format(Locale.ROOT, sql, namespace, at, end), single);
    } catch (SQLException failure) {
      if (single || !TOO_LONG.equals(failure.getSQLState())) {
        throw refused(failure);
      }
      var unused = scanned.take();
      rollback();
      return null;
    }
  }

  private void rollback() {
    try {
      connection.rollback();
    } catch (SQLException failure) {
      throw refused(failure);
    }
  }

  /** What the database refuses is a bug of ours, to be logged with its cause. */
  private static RuntimeException refused(SQLException failure) {
    return Failures.of(failure) == Failures.REJECTED
        ? new IllegalStateException(failure)
        : Failures.fault(failure);
  }

  private @Nullable List<M> read(String statement, boolean however) throws SQLException {
    bytes = 0;
    CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement);
    int from = HEADER;
    for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
      bytes += row.length;
      if (bytes > MOST_BYTES && !however) {
        // To the end, because the driver loses its place when a COPY is cancelled; but kept no
        // more.
        var unused = scanned.take();
      } else if (row.length - from > Short.BYTES) {
        scanned.add(row, from);
      }
      from = 0;
    }
    connection.commit();
    List<M> messages = scanned.take();
    return bytes > MOST_BYTES && !however ? null : messages;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException gone) {
      throw Fault.unavailable("DATABASE_AWAY", "The database does not answer.", gone);
    }
  }
}
