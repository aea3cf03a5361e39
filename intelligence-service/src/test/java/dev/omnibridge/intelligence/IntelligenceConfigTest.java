// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.intelligence.IntelligenceConfig.Similar;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IntelligenceConfigTest {
  @Test
  void shouldNeedNothing() {
    var env = Env.of(Map.of());
    int processors = Runtime.getRuntime().availableProcessors();
    assertThat(IntelligenceConfig.from(env))
        .isEqualTo(
            new IntelligenceConfig(
                1 << 20,
                processors,
                64,
                Duration.ofSeconds(30),
                1_000,
                new Similar(true, "", 10_000, true, "127.0.0.1:9092", "dev")));
    assertThat(env.effective())
        .containsOnlyKeys(
            "INTELLIGENCE_MAX_BYTES",
            "INTELLIGENCE_WORKERS",
            "INTELLIGENCE_QUEUE",
            "INTELLIGENCE_TIMEOUT",
            "INTELLIGENCE_EVENTS_QUEUE",
            "INTELLIGENCE_EMBEDDINGS",
            "INTELLIGENCE_INDEX",
            "INTELLIGENCE_INDEX_MAX",
            "INTELLIGENCE_FEED",
            "KAFKA_BOOTSTRAP_SERVERS",
            "OMNIBRIDGE_ENVIRONMENT");
  }

  @Test
  void shouldTakeEveryVariable() {
    var env =
        Env.of(
            Map.of(
                "INTELLIGENCE_MAX_BYTES", "4096",
                "INTELLIGENCE_WORKERS", "3",
                "INTELLIGENCE_QUEUE", "0",
                "INTELLIGENCE_TIMEOUT", "500ms",
                "INTELLIGENCE_EVENTS_QUEUE", "5",
                "INTELLIGENCE_EMBEDDINGS", "false",
                "INTELLIGENCE_INDEX", "/var/index",
                "INTELLIGENCE_INDEX_MAX", "7",
                "INTELLIGENCE_FEED", "off"));
    assertThat(IntelligenceConfig.from(env))
        .isEqualTo(
            new IntelligenceConfig(
                4096,
                3,
                0,
                Duration.ofMillis(500),
                5,
                new Similar(false, "/var/index", 7, false, "127.0.0.1:9092", "dev")));
  }

  @Test
  void shouldNameEveryProblemAtOnce() {
    var env = Env.of(Map.of("INTELLIGENCE_MAX_BYTES", "1", "INTELLIGENCE_WORKERS", "many"));
    assertThatThrownBy(() -> IntelligenceConfig.from(env))
        .isInstanceOf(Fault.class)
        .hasMessageContaining("INTELLIGENCE_MAX_BYTES=1")
        .hasMessageContaining("INTELLIGENCE_WORKERS=many");
  }
}
