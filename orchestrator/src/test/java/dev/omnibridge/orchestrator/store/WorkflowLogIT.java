// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.store;

import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.orchestrator.run.EventLog;
import dev.omnibridge.orchestrator.run.EventLogContract;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The real log, with db-adapter on PostgreSQL behind it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowLogIT extends EventLogContract {
  private static final int LIMIT_SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final EventLog log =
      new WorkflowLog(edge.peer(Peer.DB_ADAPTER), Duration.ofSeconds(LIMIT_SECONDS));

  @BeforeAll
  void start() {
    TestPostgres.Database database = TestPostgres.freshDatabase();
    var config =
        DbAdapterConfig.from(
            Env.of(
                Map.of(
                    "OMNIBRIDGE_ENVIRONMENT", "test",
                    "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                    "DB_ADAPTER_INBOX", "false",
                    "PGHOST", database.host(),
                    "PGPORT", Integer.toString(database.port()),
                    "PGUSER", database.user(),
                    "PGPASSWORD", database.password(),
                    "PGDATABASE", database.name())));
    settle(vertx.deployVerticle(new DbAdapterVerticle(config, edge)));
  }

  @AfterAll
  void stop() {
    settle(edge.close());
    settle(vertx.close());
  }

  private static void settle(Future<?> future) {
    var unused = future.timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
  }

  @Override
  protected EventLog log() {
    return log;
  }

  @Override
  protected <T> T await(CompletionStage<T> call) {
    try {
      return call.toCompletableFuture().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof Fault fault ? fault : failure;
    }
  }
}
