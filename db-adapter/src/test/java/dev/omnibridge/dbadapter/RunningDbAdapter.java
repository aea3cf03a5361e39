// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A db-adapter of a test, on a database of the test, with its door open in process. */
final class RunningDbAdapter implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final DbAdapterVerticle verticle;
  private final DbAdapterConfig config;

  private RunningDbAdapter(DbAdapterConfig config) {
    this.config = config;
    this.verticle = new DbAdapterVerticle(config, edge);
    var unused = vertx.deployVerticle(verticle).timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
    edge.serve();
  }

  /** On a database of its own, without Kafka. */
  static RunningDbAdapter start() {
    return start(MigratedDatabase.fresh(), config -> config);
  }

  /**
   * One at a time, also for tests that run side by side: they wait together, not for each other.
   */
  static synchronized RunningDbAdapter start(
      TestPostgres.Database database, UnaryOperator<DbAdapterConfig> changed) {
    return new RunningDbAdapter(
        changed.apply(
            new DbAdapterConfig(
                "test",
                "127.0.0.1:1",
                new DbAdapterConfig.Postgres(
                    database.host(),
                    database.port(),
                    database.user(),
                    database.password(),
                    database.name()),
                4,
                2,
                2,
                6,
                16L << 20,
                Duration.ZERO,
                Duration.ofSeconds(20),
                false,
                OutboxConfig.DEFAULT,
                DbAdapterConfig.DeadLetters.USUAL,
                Map.of())));
  }

  Channel channel() {
    return edge.peer(Peer.DB_ADAPTER);
  }

  /** The same door over TCP. */
  Channel network() {
    int port = edge.bind().timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
    return edge.at("127.0.0.1:" + port);
  }

  DbAdapterConfig config() {
    return config;
  }

  DbAdapterVerticle verticle() {
    return verticle;
  }

  Edge edge() {
    return edge;
  }

  /** One after the other: a future of a context of a closed Vertx never completes. */
  @Override
  public void close() {
    edge.close().timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
    vertx.close().await();
  }
}
