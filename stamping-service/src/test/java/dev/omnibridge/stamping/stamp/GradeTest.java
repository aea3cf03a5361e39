// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GradeTest {
  @Test
  void shouldGradeByTheTimeThatHashingTook() {
    assertThat(Grade.of(Duration.ZERO)).isEqualTo(Grade.A);
    assertThat(Grade.of(Duration.ofNanos(999_999))).isEqualTo(Grade.A);
    assertThat(Grade.of(Duration.ofMillis(1))).isEqualTo(Grade.B);
    assertThat(Grade.of(Duration.ofMillis(2))).isEqualTo(Grade.C);
  }
}
