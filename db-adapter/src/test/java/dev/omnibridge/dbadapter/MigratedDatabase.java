// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.Schema;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.StreamKind;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/**
 * Databases in which the tables of a log are there already, and no log: copies of one that is
 * migrated once in the JVM of the tests, which costs a fraction of migrating each.
 */
public final class MigratedDatabase {
  private static final int LIMIT_SECONDS = 60;
  private static final AtomicInteger NEXT = new AtomicInteger();

  private MigratedDatabase() {}

  public static TestPostgres.Database fresh() {
    return copy(Made.TEMPLATE, Made.TEMPLATE.name() + "_copy_" + NEXT.incrementAndGet());
  }

  /** As it is now, under another name; nobody may be connected to it. */
  static TestPostgres.Database copy(TestPostgres.Database original, String name) {
    String server = original.jdbcUrl().replaceFirst("/[^/]*$", "/postgres");
    try (var connection =
            DriverManager.getConnection(server, original.user(), original.password());
        var statement = connection.createStatement()) {
      statement.execute(
          "create database %s template %s strategy file_copy".formatted(name, original.name()));
    } catch (SQLException failure) {
      throw new IllegalStateException("No copy of a database could be made", failure);
    }
    return new TestPostgres.Database(
        original.host(),
        original.port(),
        original.user(),
        original.password(),
        name,
        original.jdbcUrl().replaceFirst("/[^/]*$", "/" + name));
  }

  /** Made when it is first touched; the class loader sees to it that it is one. */
  private static final class Made {
    static final TestPostgres.Database TEMPLATE = make();

    private static TestPostgres.Database make() {
      var database = TestPostgres.freshDatabase();
      var unused =
          Flyway.configure(DbAdapter.class.getClassLoader())
              .dataSource(database.jdbcUrl(), database.user(), database.password())
              .locations("classpath:db/migration")
              .load()
              .migrate();
      makeMonths(database);
      return database;
    }

    private static void makeMonths(TestPostgres.Database database) {
      var vertx = Vertx.vertx();
      var pool = new Database(vertx, postgres(database)).pool(1, true);
      var unused =
          new Schema(vertx, pool)
              .partitions(retentions())
              .eventually(pool::close)
              .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
              .await();
      vertx.close().await();
    }

    private static Postgres postgres(TestPostgres.Database database) {
      return new Postgres(
          database.host(), database.port(), database.user(), database.password(), database.name());
    }

    private static List<String> retentions() {
      return Catalogue.load().streams().stream().map(StreamKind::retention).distinct().toList();
    }
  }
}
