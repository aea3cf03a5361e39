// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a scan holds at most, of eight that may run at once. */
class StampScanIT {
  private static final int LARGE = 68_000;
  private static final int LARGE_ONES = 520;
  private static final int SMALL_ONES = 20_000;
  private static final int MOST_HELD = (16 << 20) + LARGE + 1000;

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Held held = new Held();

  /** Large leaves first, then small ones by which a scan learns to read many, then large ones. */
  @BeforeEach
  void fill() throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          "create table stamp_leaves (namespace text, leaf_index bigint primary key, record bytea)");
      statement.execute(
          """
          insert into stamp_leaves
          select 'large', i, convert_to(repeat('x', case when i between %1$d and %1$d + %2$d
                                                         then 200 else %3$d end), 'UTF8')
            from generate_series(0, %2$d + 2 * %1$d - 1) as i
          """
              .formatted(LARGE_ONES, SMALL_ONES, LARGE));
    }
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldHoldNoMoreThanABoundOfBytesWhateverItMeets() {
    var postgres =
        new Postgres(
            database.host(),
            database.port(),
            database.user(),
            database.password(),
            database.name());
    long rows = 0;
    int reads = 0;
    try (var scan =
        StampScan.open(
            new Database(vertx, postgres),
            StampScan.LEAVES,
            "large",
            held,
            0,
            SMALL_ONES + 2 * LARGE_ONES)) {
      for (List<Long> read = scan.next(); read != null; read = scan.next()) {
        rows += read.getFirst();
        reads++;
      }
    }
    assertThat(held.most).isLessThan(MOST_HELD);
    assertThat(rows).isEqualTo(SMALL_ONES + 2 * LARGE_ONES);
    assertThat(reads).isLessThan(40);
  }

  private static final class Held implements ScannedRows<Long> {
    private long rows;
    private long bytes;
    private long most;

    @Override
    public void add(byte[] row, int from) {
      rows++;
      bytes += row.length - from;
      most = Math.max(most, bytes);
    }

    @Override
    public List<Long> take() {
      List<Long> taken = List.of(rows);
      rows = 0;
      bytes = 0;
      return taken;
    }
  }
}
