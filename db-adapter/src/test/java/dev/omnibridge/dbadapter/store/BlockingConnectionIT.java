// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingConnectionIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private Database database(String name) {
    return new Database(
        vertx,
        new Postgres(database.host(), database.port(), database.user(), database.password(), name));
  }

  @Test
  void shouldHaveTheLimitsOfEveryOtherSession() throws Exception {
    try (var connection = database(database.name()).connectBlocking();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select current_setting('default_transaction_isolation'),"
                    + " current_setting('statement_timeout'), current_setting('lock_timeout')")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("read committed");
      assertThat(rows.getString(2)).isEqualTo("5s");
      assertThat(rows.getString(3)).isEqualTo("4s");
    }
  }

  @Test
  void shouldNeverTakeARefusedConnectionForARefusedRow() {
    var refused =
        catchThrowableOfType(
            SQLException.class, () -> database("there_is_no_such_database").connectBlocking());
    assertThat(Failures.of(refused)).isEqualTo(Failures.AWAY);
    assertThat(Failures.isPoison(refused)).isFalse();
  }
}
