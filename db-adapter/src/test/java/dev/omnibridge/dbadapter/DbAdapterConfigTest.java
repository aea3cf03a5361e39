// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
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
                true));
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
                false));
    assertThat(env.effective().toString()).doesNotContain("s3cret");
    assertThat(DbAdapterConfig.from(env).toString()).doesNotContain("s3cret");
  }

  @Test
  void shouldNameEveryProblemAtOnce() {
    var env = Env.of(Map.of("DB_ADAPTER_LANES", "0", "PGPORT", "x"));
    assertThat(catchThrowableOfType(Fault.class, () -> DbAdapterConfig.from(env)).sentence())
        .contains("DB_ADAPTER_LANES", "PGPORT");
  }
}
