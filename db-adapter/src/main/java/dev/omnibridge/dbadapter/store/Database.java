// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.HashMap;
import java.util.concurrent.TimeUnit;

/**
 * How to reach the database. Every session has limits on the server, so that nothing holds a lock
 * for longer than 5 seconds, whatever becomes of us.
 */
public final class Database {
  private static final String LIMIT_MILLIS = "5000";
  private static final int CONNECT_LIMIT_SECONDS = 2;
  private static final int MAX_WAITING = 2_000;

  /** Not known before PostgreSQL 17, so it cannot be given when connecting. */
  private static final String LIMIT_TRANSACTION =
      """
      select set_config('transaction_timeout', '5s', false)
       where current_setting('server_version_num')::int >= 170000
      """;

  private final Vertx vertx;
  private final Postgres postgres;

  public Database(Vertx vertx, Postgres postgres) {
    this.vertx = vertx;
    this.postgres = postgres;
  }

  /**
   * A pool for reads and for writes of a single statement; waits in it are bounded. Without
   * durable, a write is on disk only when a later durable one is.
   */
  public Pool pool(int size, boolean durable) {
    return PgBuilder.pool()
        .using(vertx)
        .connectingTo(options(durable))
        .with(
            new PoolOptions()
                .setMaxSize(size)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout(CONNECT_LIMIT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS))
        .build();
  }

  /** A connection of one's own for group commits; its statements are pipelined. */
  Future<PgConnection> connect(boolean durable) {
    return PgConnection.connect(vertx, options(durable))
        .compose(connection ->
            connection
                .query(LIMIT_TRANSACTION)
                .execute()
                .map(connection)
                .onFailure(_ -> connection.close()))
        .timeout(CONNECT_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private PgConnectOptions options(boolean durable) {
    var settings = new HashMap<>(PgConnectOptions.DEFAULT_PROPERTIES);
    settings.put("application_name", "omnibridge-db-adapter");
    settings.put("statement_timeout", LIMIT_MILLIS);
    settings.put("lock_timeout", LIMIT_MILLIS);
    settings.put("idle_in_transaction_session_timeout", LIMIT_MILLIS);
    settings.put("timezone", "UTC");
    settings.put("jit", "off");
    settings.put("synchronous_commit", durable ? "on" : "off");
    // The same few statements for ever: plan each once (over the partitions that takes longer than
    // to execute it), and with its index, so that the plan for a small table outlives its growth.
    settings.put("plan_cache_mode", "force_generic_plan");
    settings.put("enable_seqscan", "off");
    var options = new PgConnectOptions();
    options
        .setHost(postgres.host())
        .setPort(postgres.port())
        .setUser(postgres.user())
        .setPassword(postgres.password())
        .setDatabase(postgres.database())
        .setCachePreparedStatements(true)
        .setProperties(settings);
    return options;
  }
}
