// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool says while its first connection cannot be made. */
class PatienceIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final FaultProxy way = FaultProxy.to(database.port());
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    way.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldWaitForAPoolsFirstConnection(boolean silent) throws Exception {
    if (silent) {
      way.swallow();
    } else {
      way.refuse();
    }
    var postgres =
        new Postgres(
            "127.0.0.1", way.port(), database.user(), database.password(), database.name());
    var pool = new Database(vertx, postgres).pool(1, true);
    var answer =
        new Patience(vertx, Duration.ofMillis(100), System::nanoTime)
            .wait(
                () ->
                    pool.query("select 42")
                        .execute()
                        .onFailure(_ -> way.pass())
                        .map(rows -> rows.iterator().next().getInteger(0)),
                Duration.ZERO,
                postgres);
    assertThat(answer.await(30, TimeUnit.SECONDS)).isEqualTo(42);
  }
}
