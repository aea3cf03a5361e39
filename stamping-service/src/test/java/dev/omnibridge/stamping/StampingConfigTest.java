// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.stamping.rpc.Uploads.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StampingConfigTest {
  @Test
  void shouldPinNamesAndDefaults() {
    Env env = Env.of(Map.of());

    assertThat(StampingConfig.from(env))
        .isEqualTo(
            new StampingConfig(
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                new Limits(256, Duration.ofMinutes(10), Duration.ofSeconds(30), 64L << 30),
                64,
                2,
                List.of(),
                true,
                new StampLogConfig("", Duration.ofMinutes(1), List.of())));
    assertThat(env.effective())
        .containsOnlyKeys(
            "STAMPING_STORE_TIMEOUT",
            "STAMPING_CONTENT_TIMEOUT",
            "STAMPING_UPLOADS",
            "STAMPING_UPLOAD_KEPT",
            "STAMPING_UPLOAD_IDLE",
            "STAMPING_UPLOAD_MAX_MIB",
            "STAMPING_BATCH_CONCURRENCY",
            "STAMPING_HASH_THREADS",
            "STAMPING_ROOTS",
            "STAMPING_CLIENT_DIGESTS",
            "STAMPING_SIGNING_KEY_FILE",
            "STAMPING_CHECKPOINT_EVERY",
            "STAMPING_TRUSTED_KEYS");
  }

  @Test
  void shouldReportEveryProblemAtOnce() {
    var env =
        Env.of(
            Map.of(
                "STAMPING_UPLOAD_IDLE", "soon",
                "STAMPING_HASH_THREADS", "0",
                "STAMPING_ROOTS", "/tmp,relative",
                "STAMPING_TRUSTED_KEYS", "no key"));

    assertThatThrownBy(() -> StampingConfig.from(env))
        .hasMessageContaining("STAMPING_UPLOAD_IDLE=soon")
        .hasMessageContaining("STAMPING_HASH_THREADS=0")
        .hasMessageContaining("STAMPING_ROOTS=/tmp,relative")
        .hasMessageContaining("STAMPING_TRUSTED_KEYS=no key");
  }
}
