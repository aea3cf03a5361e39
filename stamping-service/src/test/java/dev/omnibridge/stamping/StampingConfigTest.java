// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Env;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StampingConfigTest {
  @Test
  void shouldPinNamesAndDefaults() {
    Env env = Env.of(Map.of());

    assertThat(StampingConfig.from(env))
        .isEqualTo(
            new StampingConfig(
                Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofSeconds(30), 10, 2));
    assertThat(env.effective())
        .containsOnlyKeys(
            "STAMPING_STORE_TIMEOUT",
            "STAMPING_CONTENT_TIMEOUT",
            "STAMPING_UPLOAD_IDLE",
            "STAMPING_BATCH_CONCURRENCY",
            "STAMPING_HASH_THREADS");
  }

  @Test
  void shouldReportEveryProblemAtOnce() {
    var env = Env.of(Map.of("STAMPING_UPLOAD_IDLE", "soon", "STAMPING_HASH_THREADS", "0"));

    assertThatThrownBy(() -> StampingConfig.from(env))
        .hasMessageContaining("STAMPING_UPLOAD_IDLE=soon")
        .hasMessageContaining("STAMPING_HASH_THREADS=0");
  }
}
