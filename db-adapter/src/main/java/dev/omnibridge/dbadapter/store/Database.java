// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How to reach the database. Every session has limits on the server, so that nothing holds a lock
 * for longer than 5 seconds, whatever becomes of us.
 */
public final class Database {
  /** The name of every session of ours. */
  static final String APPLICATION = "omnibridge-db-adapter";

  private static final String LIMIT_MILLIS = "5000";

  /** Less than what a statement has, or nobody would be told that it was a lock. */
  private static final String LOCK_LIMIT_MILLIS = "4000";

  private static final int CONNECT_LIMIT_SECONDS = 2;
  private static final int ANSWER_LIMIT_SECONDS = 7;
  private static final int MAX_WAITING = 2_000;

  /** SQLSTATE of a connection that could not be made. */
  private static final String NO_CONNECTION = "08001";

  /** Not known before PostgreSQL 17, so it cannot be given when connecting. */
  private static final String LIMIT_TRANSACTION =
      """
      select set_config('transaction_timeout', '5s', false)
       where current_setting('server_version_num')::int >= 170000
      """;

  private final Vertx vertx;
  private final Postgres postgres;
  private final Breaker breaker;
  private final Duration silence;

  public Database(Vertx vertx, Postgres postgres) {
    this(vertx, postgres, Breaker.Settings.forStore());
  }

  /** With its own idea of when the database counts as away. */
  public Database(Vertx vertx, Postgres postgres, Breaker.Settings settings) {
    this(vertx, postgres, settings, Silence.LIMIT);
  }

  Database(Vertx vertx, Postgres postgres, Breaker.Settings settings, Duration silence) {
    this.vertx = vertx;
    this.postgres = postgres;
    this.breaker = new Breaker("postgresql", settings);
    this.silence = silence;
  }

  /** Shared by all ways to the database: one that finds out tells the others. */
  public Breaker breaker() {
    return breaker;
  }

  /**
   * A pool for reads and for writes of a single statement; waits in it are bounded. Without
   * durable, a write is on disk only when a later durable one is.
   */
  public Pool pool(int size, boolean durable) {
    return PgBuilder.pool()
        .using(vertx)
        .withConnectHandler(connection -> {
          Silence.ends(connection, silence);
          var unused = connection.close();
        })
        .connectingTo(() -> connecting(durable))
        .with(
            new PoolOptions()
                .setMaxSize(size)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout(CONNECT_LIMIT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS))
        .build();
  }

  /** While the breaker is open, nobody waits for a connection. */
  private Future<SqlConnectOptions> connecting(boolean durable) {
    return breaker.open()
        ? Future.failedFuture(Failures.away(new IllegalStateException("known to be away")))
        : Future.succeededFuture(options(durable));
  }

  /** A connection of one's own for group commits; its statements are pipelined. */
  Future<PgConnection> connect(boolean durable) {
    return connect(durable, connection -> Silence.ends(connection, silence));
  }

  /** One for durable work that may be silent for as long as it takes, once its limits are off. */
  Future<PgConnection> connectPatiently() {
    return connect(true, Silence::isAllowed);
  }

  private Future<PgConnection> connect(boolean durable, Handler<PgConnection> prepared) {
    Future<PgConnection> connected = PgConnection.connect(vertx, options(durable));
    return Timeouts.within(
            Duration.ofSeconds(CONNECT_LIMIT_SECONDS),
            connected
                .onSuccess(prepared)
                .compose(
                    connection -> connection.query(LIMIT_TRANSACTION).execute().map(connection)))
        .onFailure(_ -> connected.onSuccess(late -> late.close()));
  }

  /**
   * A connection for transactions that are not durable at once, which only JDBC can COPY on. To be
   * used where blocking is allowed: it waits, though never longer than the limits. Fails with class
   * 08 whatever the reason is.
   */
  Connection connectBlocking() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", postgres.user());
    properties.setProperty("password", postgres.password());
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_LIMIT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(ANSWER_LIMIT_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    // The driver has a name of its own, which would win over the setting.
    properties.setProperty("ApplicationName", APPLICATION);
    properties.setProperty("prepareThreshold", "1");
    properties.setProperty(
        "options",
        settings(false).entrySet().stream()
            .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace(" ", "\\ "))
            .collect(Collectors.joining(" ")));
    try {
      return prepared(DriverManager.getConnection(postgres.jdbcUrl(), properties));
    } catch (SQLException failure) {
      // Whatever its state is: it speaks of the connection, and of no row.
      throw new SQLException(failure.getMessage(), NO_CONNECTION, failure);
    }
  }

  private static Connection prepared(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(LIMIT_TRANSACTION);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  private PgConnectOptions options(boolean durable) {
    var settings = new HashMap<>(PgConnectOptions.DEFAULT_PROPERTIES);
    settings.putAll(settings(durable));
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

  private static Map<String, String> settings(boolean durable) {
    var settings = new HashMap<String, String>();
    settings.put("application_name", APPLICATION);
    settings.put("statement_timeout", LIMIT_MILLIS);
    settings.put("lock_timeout", LOCK_LIMIT_MILLIS);
    settings.put("idle_in_transaction_session_timeout", LIMIT_MILLIS);
    // A COPY that waits for its rows is under no limit of time; at least a peer that is gone ends
    // it, with all that it has locked.
    settings.put("tcp_keepalives_idle", "2");
    settings.put("tcp_keepalives_interval", "1");
    settings.put("tcp_keepalives_count", "3");
    settings.put("tcp_user_timeout", LIMIT_MILLIS);
    settings.put("timezone", "UTC");
    settings.put("jit", "off");
    settings.put("synchronous_commit", durable ? "on" : "off");
    settings.put("default_transaction_isolation", "read committed");
    // The same few statements for ever: plan each once (over the partitions that takes longer than
    // to execute it), and with its index, so that the plan for a small table outlives its growth.
    settings.put("plan_cache_mode", "force_generic_plan");
    settings.put("enable_seqscan", "off");
    return settings;
  }
}
