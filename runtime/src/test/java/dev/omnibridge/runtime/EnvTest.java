// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvTest {
  @Test
  void shouldReportEveryProblemAtOnce() {
    Env env = Env.of(Map.of("A_PORT", "99999", "B_WAIT", "soon", "C_FLAG", "maybe"));
    int port = env.port("A_PORT", 1);
    Duration wait = env.duration("B_WAIT", Duration.ofSeconds(1));
    boolean flag = env.flag("C_FLAG", true);
    assertThat(port).isEqualTo(1);
    assertThat(wait).isEqualTo(Duration.ofSeconds(1));
    assertThat(flag).isTrue();
    assertThatThrownBy(() -> env.check("config"))
        .hasMessageContaining("A_PORT=99999")
        .hasMessageContaining("B_WAIT=soon")
        .hasMessageContaining("C_FLAG=maybe");
  }

  @Test
  void shouldReadDurationsAsPeopleWriteThem() {
    Env env = Env.of(Map.of("A", "500ms", "B", "1.5s", "C", "2m", "D", "PT1H", "E", "7d"));
    assertThat(env.duration("A", Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
    assertThat(env.duration("B", Duration.ZERO)).isEqualTo(Duration.ofMillis(1500));
    assertThat(env.duration("C", Duration.ZERO)).isEqualTo(Duration.ofMinutes(2));
    assertThat(env.duration("D", Duration.ZERO)).isEqualTo(Duration.ofHours(1));
    assertThat(env.duration("E", Duration.ZERO)).isEqualTo(Duration.ofDays(7));
    assertThat(env.duration("F", Duration.ofMillis(3))).isEqualTo(Duration.ofMillis(3));
    assertThat(env.check(1)).isEqualTo(1);
  }

  @Test
  void shouldRefuseDurationsThatNothingCanBeDoneWithin() {
    Env env = Env.of(Map.of("NOTHING", "0", "NONE", "0s", "ENDLESS", "200000d", "SHORT", "5ms"));
    assertThat(env.durationOrZero("NOTHING", Duration.ofSeconds(1))).isZero();
    Duration none = env.duration("NONE", Duration.ofSeconds(1));
    Duration endless = env.duration("ENDLESS", Duration.ofSeconds(2));
    Duration tooShort = env.duration("SHORT", Duration.ofSeconds(3), Duration.ofMillis(6));
    assertThat(none).isEqualTo(Duration.ofSeconds(1));
    assertThat(endless).isEqualTo(Duration.ofSeconds(2));
    assertThat(tooShort).isEqualTo(Duration.ofSeconds(3));
    assertThatThrownBy(() -> env.check("config"))
        .hasMessageContaining("NONE=0s")
        .hasMessageContaining("at least 1ms")
        .hasMessageContaining("ENDLESS=200000d")
        .hasMessageContaining("at most 10000d")
        .hasMessageContaining("SHORT=5ms");
  }

  @Test
  void shouldTakeASecretFromItsFileAndNeverShowIt(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "s3cret\n");
    Env env = Env.of(Map.of("PASSWORD_FILE", file.toString()));
    assertThat(env.secret("PASSWORD", "")).isEqualTo("s3cret");
    assertThat(env.effective()).containsEntry("PASSWORD", "********");
  }
}
