// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.omnibridge.testkit.TestPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processor time of this process and of PostgreSQL's, by what they are; PostgreSQL's only on Linux.
 * This process holds db-adapter, the broker and the load.
 */
public record ProcessorTime(long nanos, long ours, Map<String, Long> postgres) {
  private static final int TICK_NANOS = 10_000_000;

  public static ProcessorTime now(TestPostgres.Database database) throws SQLException, IOException {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new ProcessorTime(System.nanoTime(), system.getProcessCpuTime(), postgres(database));
  }

  private static Map<String, Long> postgres(TestPostgres.Database database)
      throws SQLException, IOException {
    var byKind = new TreeMap<String, Long>();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select pid, backend_type from pg_stat_activity where pid <> pg_backend_pid()")) {
      while (rows.next()) {
        byKind.merge(rows.getString(2), nanos(rows.getLong(1)), Long::sum);
      }
    }
    return byKind;
  }

  private static long nanos(long pid) throws IOException {
    var stat = Path.of("/proc", Long.toString(pid), "stat");
    if (!Files.exists(stat)) {
      return 0;
    }
    String[] fields = Files.readString(stat).replaceFirst("^.*\\) ", "").split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
  }

  /** What was used since, per thing done, in microseconds. */
  public Map<String, Double> since(ProcessorTime earlier, long things) {
    var used = new TreeMap<String, Double>();
    used.put("this process", (ours - earlier.ours) / 1e3 / things);
    postgres.forEach((kind, time) -> {
      double micros = (time - earlier.postgres.getOrDefault(kind, 0L)) / 1e3 / things;
      if (micros >= 0.05) {
        used.put("PostgreSQL: " + kind, micros);
      }
    });
    return used;
  }
}
