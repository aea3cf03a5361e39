// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
  private static final Offset<Double> ONE_PER_MILLE = within(0.1);
  private final Thresholds thresholds = new Thresholds();

  @Test
  void shouldSummariseWhatWasMeasured() {
    for (var millis = 1; millis <= 100; millis++) {
      thresholds.record("service_discovery_ms", Duration.ofMillis(millis));
    }
    var summary = thresholds.summary("service_discovery_ms");
    assertThat(summary.count()).isEqualTo(100);
    assertThat(summary.limit()).isEqualTo(10);
    assertThat(summary.average()).isCloseTo(50.5, ONE_PER_MILLE);
    assertThat(summary.min()).isCloseTo(1, ONE_PER_MILLE);
    assertThat(summary.max()).isCloseTo(100, ONE_PER_MILLE);
    assertThat(summary.p50()).isCloseTo(50, ONE_PER_MILLE);
    assertThat(summary.p95()).isCloseTo(95, ONE_PER_MILLE);
    assertThat(summary.p99()).isCloseTo(99, ONE_PER_MILLE);
    assertThat(summary.averageKeepsLimit()).isFalse();
  }

  @Test
  void shouldTellTheAverageFromTheTailWhenHoldingThemAgainstTheLimit() {
    for (var each = 0; each < 98; each++) {
      thresholds.record("recovery_ms", Duration.ofMillis(10));
    }
    thresholds.record("recovery_ms", Duration.ofSeconds(3));
    thresholds.record("recovery_ms", Duration.ofSeconds(3));
    assertThat(thresholds.summary("recovery_ms").averageKeepsLimit()).isTrue();
    assertThat(thresholds.summary("recovery_ms").p99KeepsLimit()).isFalse();
  }

  @Test
  void shouldRefuseANameThatIsNoThreshold() {
    assertThatThrownBy(() -> thresholds.record("recovery", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no threshold recovery")
        .hasMessageContaining("recovery_ms");
    assertThatThrownBy(() -> thresholds.time("fast", () -> 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldNotSummariseWhatWasNeverMeasured() {
    assertThatThrownBy(() -> thresholds.summary("fail_fast_ms"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fail_fast_ms");
  }

  @Test
  void shouldPrintOneLinePerMeasuredName() {
    assertThat(thresholds.time("hash_generation_ms", () -> "done")).isEqualTo("done");
    thresholds.record("fail_fast_ms", Duration.ofMillis(20));
    assertThat(thresholds.table().lines())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).startsWith("threshold").contains("p99"))
        .anySatisfy(line -> assertThat(line).startsWith("fail_fast_ms").endsWith("MISSED"))
        .anySatisfy(line -> assertThat(line).startsWith("hash_generation_ms").endsWith("kept"));
  }
}
