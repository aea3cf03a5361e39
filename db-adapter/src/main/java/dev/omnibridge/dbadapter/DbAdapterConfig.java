// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.runtime.Env;
import java.time.Duration;

/**
 * Everything db-adapter can be told from outside, with its defaults.
 *
 * @param environment prefix of every topic
 * @param lanes outbox lanes of a log that is made new; an existing log keeps its own number
 * @param inboxLanes inbox lanes of a log that is made new
 * @param writers transactions that may append at the same time, each for its share of the lanes
 * @param readers connections for reads
 * @param maxContentBytes largest content that is taken into the content store
 * @param contentKept how long a content is kept at least after its last use, and after the start of
 *     the oldest unfinished run, which may need it; zero keeps it for ever
 * @param startLimit how long to wait for the database at the start; zero: as long as it takes
 * @param inbox whether what others publish on the topics is taken into the log
 */
public record DbAdapterConfig(
    String environment,
    String kafka,
    Postgres postgres,
    int lanes,
    int inboxLanes,
    int writers,
    int readers,
    long maxContentBytes,
    Duration contentKept,
    Duration startLimit,
    boolean inbox) {

  /** Where the database is. */
  public record Postgres(String host, int port, String user, String password, String database) {
    public String jdbcUrl() {
      return "jdbc:postgresql://%s:%d/%s?loginTimeout=%d"
          .formatted(host, port, database, LOGIN_SECONDS);
    }

    @Override
    public String toString() {
      return "%s@%s:%d/%s".formatted(user, host, port, database);
    }
  }

  private static final int LOGIN_SECONDS = 10;
  private static final int MAX_CONTENT_MIB = 1024 * 1024;
  private static final int BYTES_PER_MIB = 1024 * 1024;

  public static DbAdapterConfig from(Env env) {
    return env.check(
        new DbAdapterConfig(
            env.text("OMNIBRIDGE_ENVIRONMENT", "dev"),
            env.text("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
            new Postgres(
                env.text("PGHOST", "127.0.0.1"),
                env.port("PGPORT", 5432),
                env.text("PGUSER", "omnibridge"),
                env.secret("PGPASSWORD", ""),
                env.text("PGDATABASE", "omnibridge")),
            env.integer("DB_ADAPTER_LANES", 4, 1, 100),
            env.integer("DB_ADAPTER_INBOX_LANES", 2, 1, 100),
            env.integer("DB_ADAPTER_WRITERS", 2, 1, 100),
            env.integer("DB_ADAPTER_READERS", 6, 1, 100),
            (long) env.integer("DB_ADAPTER_MAX_CONTENT_MIB", 1024, 1, MAX_CONTENT_MIB)
                * BYTES_PER_MIB,
            env.duration("DB_ADAPTER_CONTENT_KEPT", Duration.ZERO),
            env.duration("DB_ADAPTER_START_LIMIT", Duration.ZERO),
            env.flag("DB_ADAPTER_INBOX", true)));
  }
}
