// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.resilience.Breaker;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DbAdapterConfigTest {
  @Test
  void shouldWorkForTheEmbeddedStackWithoutAnyVariable() {
    assertThat(DbAdapterConfig.from(Env.of(Map.of())))
        .isEqualTo(
            new DbAdapterConfig(
                "dev",
                "127.0.0.1:9092",
                new DbAdapterConfig.Postgres("127.0.0.1", 5432, "omnibridge", "", "omnibridge"),
                4,
                2,
                2,
                6,
                1L << 30,
                Duration.ZERO,
                Duration.ZERO,
                true,
                OutboxConfig.DEFAULT,
                new DbAdapterConfig.DeadLetters(5, 100, 10),
                Map.of("standard", Duration.ofDays(90), "long", Duration.ofDays(400))));
  }

  @Test
  void shouldReadEveryVariableAndShowNoSecret() {
    var env =
        Env.of(
            Map.ofEntries(
                Map.entry("OMNIBRIDGE_ENVIRONMENT", "prod"),
                Map.entry("KAFKA_BOOTSTRAP_SERVERS", "k:1"),
                Map.entry("PGHOST", "h"),
                Map.entry("PGPORT", "1"),
                Map.entry("PGUSER", "u"),
                Map.entry("PGPASSWORD", "s3cret"),
                Map.entry("PGDATABASE", "d"),
                Map.entry("DB_ADAPTER_LANES", "8"),
                Map.entry("DB_ADAPTER_INBOX_LANES", "3"),
                Map.entry("DB_ADAPTER_WRITERS", "5"),
                Map.entry("DB_ADAPTER_READERS", "9"),
                Map.entry("DB_ADAPTER_MAX_CONTENT_MIB", "7"),
                Map.entry("DB_ADAPTER_CONTENT_KEPT", "30d"),
                Map.entry("DB_ADAPTER_START_LIMIT", "3s"),
                Map.entry("DB_ADAPTER_KAFKA_BREAKER_FAILURES", "6"),
                Map.entry("DB_ADAPTER_KAFKA_BREAKER_PROBE_AFTER", "1s"),
                Map.entry("DB_ADAPTER_KAFKA_BREAKER_SUCCESSES", "2"),
                Map.entry("DB_ADAPTER_POSTGRES_BREAKER_FAILURES", "7"),
                Map.entry("DB_ADAPTER_POSTGRES_BREAKER_PROBE_AFTER", "2s"),
                Map.entry("DB_ADAPTER_POSTGRES_BREAKER_SUCCESSES", "4"),
                Map.entry("DB_ADAPTER_DELIVERY_TIMEOUT", "5s"),
                Map.entry("DB_ADAPTER_REPLAY_PER_SECOND", "100"),
                Map.entry("DB_ADAPTER_GATHER_MILLIS", "7"),
                Map.entry("DB_ADAPTER_REDRIVE_LIMIT", "2"),
                Map.entry("DB_ADAPTER_REDRIVE_PER_SECOND", "30"),
                Map.entry("DB_ADAPTER_DEAD_LETTER_ALERT", "4"),
                Map.entry("DB_ADAPTER_RETENTION_STANDARD", "0s"),
                Map.entry("DB_ADAPTER_RETENTION_LONG", "31d"),
                Map.entry("DB_ADAPTER_INBOX", "off")));
    assertThat(DbAdapterConfig.from(env))
        .isEqualTo(
            new DbAdapterConfig(
                "prod",
                "k:1",
                new DbAdapterConfig.Postgres("h", 1, "u", "s3cret", "d"),
                8,
                3,
                5,
                9,
                7L << 20,
                Duration.ofDays(30),
                Duration.ofSeconds(3),
                false,
                new OutboxConfig(
                    new Breaker.Settings(6, Duration.ofSeconds(1), 2),
                    new Breaker.Settings(7, Duration.ofSeconds(2), 4),
                    Duration.ofSeconds(5),
                    100,
                    Duration.ofMillis(7)),
                new DbAdapterConfig.DeadLetters(2, 30, 4),
                Map.of("standard", Duration.ZERO, "long", Duration.ofDays(31))));
    assertThat(env.effective().toString()).doesNotContain("s3cret");
    assertThat(DbAdapterConfig.from(env).toString()).doesNotContain("s3cret");
  }

  @Test
  void shouldNameEveryProblemAtOnce() {
    var env =
        Env.of(Map.of("DB_ADAPTER_LANES", "0", "PGPORT", "x", "DB_ADAPTER_RETENTION_LONG", "30d"));
    assertThat(catchThrowableOfType(Fault.class, () -> DbAdapterConfig.from(env)).sentence())
        .contains("DB_ADAPTER_LANES", "PGPORT", "DB_ADAPTER_RETENTION_LONG");
  }
}
