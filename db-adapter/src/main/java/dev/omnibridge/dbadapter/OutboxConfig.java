// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.resilience.Breaker;
import java.time.Duration;

/**
 * How the log goes to Kafka, and when a dependency counts as away.
 *
 * @param kafka when Kafka counts as away
 * @param postgres when PostgreSQL counts as away
 * @param deliveryLimit how long Kafka may take for a record before its lane stops there
 * @param replayPerSecond most records per second of what has waited, all lanes of this process
 *     together; 0 for no limit
 * @param gather how long a lane that has sent all it knew of waits for more after the next commit:
 *     the appends of one workflow follow each other closely, and to read, send and pass fifty
 *     records costs little more than one; zero for not at all
 */
public record OutboxConfig(
    Breaker.Settings kafka,
    Breaker.Settings postgres,
    Duration deliveryLimit,
    int replayPerSecond,
    Duration gather) {
  private static final int MOST = 1_000_000;
  private static final Duration LEAST_DELIVERY = Duration.ofMillis(100);

  /** What holds where nothing is said. */
  public static final OutboxConfig DEFAULT =
      new OutboxConfig(
          Breaker.Settings.forStore(),
          Breaker.Settings.forStore(),
          Duration.ofSeconds(2),
          0,
          Duration.ofMillis(10));

  static OutboxConfig from(Env env) {
    return new OutboxConfig(
        new Breaker.Settings(
            env.integer("DB_ADAPTER_KAFKA_BREAKER_FAILURES", 5, 1, MOST),
            env.duration("DB_ADAPTER_KAFKA_BREAKER_PROBE_AFTER", Duration.ofMillis(500)),
            env.integer("DB_ADAPTER_KAFKA_BREAKER_SUCCESSES", 3, 1, MOST)),
        new Breaker.Settings(
            env.integer("DB_ADAPTER_POSTGRES_BREAKER_FAILURES", 5, 1, MOST),
            env.duration("DB_ADAPTER_POSTGRES_BREAKER_PROBE_AFTER", Duration.ofMillis(500)),
            env.integer("DB_ADAPTER_POSTGRES_BREAKER_SUCCESSES", 3, 1, MOST)),
        env.duration("DB_ADAPTER_DELIVERY_TIMEOUT", Duration.ofSeconds(2), LEAST_DELIVERY),
        env.integer("DB_ADAPTER_REPLAY_PER_SECOND", 0, 0, MOST),
        Duration.ofMillis(env.integer("DB_ADAPTER_GATHER_MILLIS", 10, 0, 200)));
  }

  /** The same with another limit for what has waited. */
  public OutboxConfig replaying(int perSecond) {
    return new OutboxConfig(kafka, postgres, deliveryLimit, perSecond, gather);
  }
}
