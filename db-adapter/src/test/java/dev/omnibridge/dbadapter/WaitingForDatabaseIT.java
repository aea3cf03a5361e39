// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The services of a suite are started in any order, and so is the database. */
class WaitingForDatabaseIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final FaultProxy way = FaultProxy.to(database.port());
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));

  private Future<String> start(Map<String, String> more) {
    var variables =
        new HashMap<>(
            Map.of(
                "PGHOST", "127.0.0.1",
                "PGPORT", Integer.toString(way.port()),
                "PGUSER", database.user(),
                "PGPASSWORD", database.password(),
                "PGDATABASE", database.name(),
                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "DB_ADAPTER_INBOX", "false"));
    variables.putAll(more);
    return vertx.deployVerticle(
        new DbAdapterVerticle(DbAdapterConfig.from(Env.of(variables)), edge));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
    way.close();
  }

  @Test
  void shouldWaitForADatabaseThatIsStartedLater() throws Exception {
    way.refuse();
    Future<String> started = start(Map.of());
    vertx.timer(1500, TimeUnit.MILLISECONDS).await(30, TimeUnit.SECONDS);
    assertThat(started.isComplete()).isFalse();
    way.pass();
    assertThat(started.await(60, TimeUnit.SECONDS)).isNotEmpty();
  }

  @Test
  void shouldGiveUpAtTheLimitThatIsSet() {
    way.refuse();
    Future<String> started = start(Map.of("DB_ADAPTER_START_LIMIT", "1s"));
    assertThatThrownBy(() -> started.await(60, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void shouldNotWaitForADatabaseThatRefusesTheUser() {
    Future<String> started = start(Map.of("PGDATABASE", "there_is_no_such_database"));
    assertThatThrownBy(() -> started.await(60, TimeUnit.SECONDS))
        .hasMessageContaining("there_is_no_such_database");
  }

  @Test
  void shouldNotWaitForADatabaseThatWantsAPasswordWhenNoneIsSet() {
    Future<String> started = start(Map.of("PGPASSWORD", ""));
    assertThatThrownBy(() -> started.await(60, TimeUnit.SECONDS)).hasMessageContaining("password");
  }
}
