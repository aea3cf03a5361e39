// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.runtime.Env;
import java.time.Duration;
import java.util.Map;

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
 * @param outbox how the log goes to Kafka, and when a dependency counts as away
 * @param deadLetters what may be done about dead letters
 * @param eventsKept how long events are kept at least, by retention class; zero and a class that is
 *     not here: for ever
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
    boolean inbox,
    OutboxConfig outbox,
    DeadLetters deadLetters,
    Map<String, Duration> eventsKept) {

  /**
   * What may be done about dead letters.
   *
   * @param redriveLimit how often a record is redriven at most
   * @param redrivesPerSecond how fast records are redriven where the request does not say
   * @param alertAbove more open ones than that make the process degraded
   */
  public record DeadLetters(int redriveLimit, int redrivesPerSecond, int alertAbove) {
    /** The defaults. */
    public static final DeadLetters USUAL = new DeadLetters(5, 100, 10);

    private static DeadLetters from(Env env) {
      return new DeadLetters(
          env.integer("DB_ADAPTER_REDRIVE_LIMIT", USUAL.redriveLimit, 1, 1000),
          env.integer("DB_ADAPTER_REDRIVE_PER_SECOND", USUAL.redrivesPerSecond, 1, 1000),
          env.integer("DB_ADAPTER_DEAD_LETTER_ALERT", USUAL.alertAbove, 0, 1_000_000));
    }
  }

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

  /** As long as Kafka keeps any topic of the catalogue, and no shorter than a month. */
  private static final Duration LEAST_KEPT = Duration.ofDays(31);

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
            env.durationOrZero("DB_ADAPTER_CONTENT_KEPT", Duration.ZERO),
            env.durationOrZero("DB_ADAPTER_START_LIMIT", Duration.ZERO),
            env.flag("DB_ADAPTER_INBOX", true),
            OutboxConfig.from(env),
            DeadLetters.from(env),
            Map.of(
                "standard",
                known(
                    env,
                    "DB_ADAPTER_RETENTION_STANDARD",
                    env.durationOrZero("DB_ADAPTER_RETENTION_STANDARD", Duration.ofDays(90))),
                "long",
                known(
                    env,
                    "DB_ADAPTER_RETENTION_LONG",
                    env.durationOrZero("DB_ADAPTER_RETENTION_LONG", Duration.ofDays(400))))));
  }

  /** What Kafka may still hold must be known, or it could be taken in again. */
  private static Duration known(Env env, String name, Duration kept) {
    if (kept.isPositive() && kept.compareTo(LEAST_KEPT) < 0) {
      env.refuse(name, kept.toString(), "0 or at least 31d are needed");
    }
    return kept;
  }
}
