// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.store.WriterConnection.NotConnected;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection is in one transaction at a time. */
class WriterConnectionIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final WriterConnection connection =
      new WriterConnection(
          new Database(
              vertx,
              new Postgres(
                  "127.0.0.1",
                  database.port(),
                  database.user(),
                  database.password(),
                  database.name())),
          true);

  @AfterEach
  void close() throws Exception {
    connection.close().await(20, TimeUnit.SECONDS);
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldBeginOneTransactionAfterTheOther() throws Exception {
    connection.get().await(20, TimeUnit.SECONDS);
    Pipeline first = connection.begin();
    first.send("select 1", Tuple.tuple()).await(20, TimeUnit.SECONDS);
    first.commit().await(20, TimeUnit.SECONDS);
    assertThat(first.over()).isTrue();
    connection.begin().rollback().await(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldRefuseATransactionWhileAnotherIsNotOverAndGoOnWithANewConnection() throws Exception {
    var before = connection.get().await(20, TimeUnit.SECONDS);
    Pipeline first = connection.begin();
    first.send("select 1", Tuple.tuple()).await(20, TimeUnit.SECONDS);
    assertThatIllegalStateException()
        .isThrownBy(connection::begin)
        .withMessageContaining("another transaction");
    assertThat(connection.get().await(20, TimeUnit.SECONDS)).isNotSameAs(before);
    connection.begin().rollback().await(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldBeginAnewOnANewConnectionWhateverBecameOfTheOldOne() throws Exception {
    var before = connection.get().await(20, TimeUnit.SECONDS);
    Pipeline abandoned = connection.begin();
    connection.drop();
    assertThatExceptionOfType(NotConnected.class).isThrownBy(connection::begin);
    assertThat(connection.get().await(20, TimeUnit.SECONDS)).isNotSameAs(before);
    connection.begin().rollback().await(20, TimeUnit.SECONDS);
    assertThat(abandoned.over()).isFalse();
  }
}
