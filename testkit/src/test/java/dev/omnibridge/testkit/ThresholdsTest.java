// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.Executors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
  private static final Offset<Double> ONE_PER_MILLE = within(0.1);
  private final Thresholds thresholds = new Thresholds();

  private void millis(String name, int times, double millis) {
    for (var each = 0; each < times; each++) {
      thresholds.record(name, Duration.ofNanos((long) (millis * 1e6)));
    }
  }

  private boolean kept(String name) {
    return thresholds.summary(name).kept();
  }

  @Test
  void shouldSummariseWhatWasMeasured() {
    for (var millis = 1; millis <= 100; millis++) {
      thresholds.record("service_discovery_ms", Duration.ofMillis(millis));
    }
    var summary = thresholds.summary("service_discovery_ms");
    assertThat(summary.count()).isEqualTo(100);
    assertThat(summary.limit()).isEqualTo(10);
    assertThat(summary.average()).isEqualTo(50.5);
    assertThat(summary.min()).isEqualTo(1);
    assertThat(summary.max()).isEqualTo(100);
    assertThat(summary.p50()).isCloseTo(50, ONE_PER_MILLE);
    assertThat(summary.p95()).isCloseTo(95, ONE_PER_MILLE);
    assertThat(summary.p99()).isCloseTo(99, ONE_PER_MILLE);
    assertThat(summary.percentiles()).containsKeys(0.0, 25.0, 99.9).containsEntry(100.0, 100.0);
    assertThat(summary.averageKeepsLimit()).isFalse();
    assertThat(summary.kept()).isFalse();
  }

  @Test
  void shouldHoldLatenciesAtTheirNinetyFifthPercentile() {
    millis("orchestrator_reducer_flow_ms", 95, 10);
    millis("orchestrator_reducer_flow_ms", 5, 3000);
    assertThat(kept("orchestrator_reducer_flow_ms")).isTrue();
    millis("orchestrator_reducer_flow_ms", 1, 3000);
    assertThat(kept("orchestrator_reducer_flow_ms")).isFalse();
    assertThat(thresholds.summary("orchestrator_reducer_flow_ms").averageKeepsLimit()).isTrue();
  }

  @Test
  void shouldHoldFewMeasurementsOfALatencyAtTheWorst() {
    millis("metadata_stamping_flow_ms", 18, 1);
    millis("metadata_stamping_flow_ms", 1, 11);
    assertThat(kept("metadata_stamping_flow_ms")).isFalse();
  }

  @Test
  void shouldHoldTheLagAtTwoPercentiles() {
    millis("database_adapter_lag_ms", 98, 20);
    millis("database_adapter_lag_ms", 2, 149);
    assertThat(kept("database_adapter_lag_ms")).isTrue();
    millis("database_adapter_lag_ms", 2, 151);
    assertThat(kept("database_adapter_lag_ms")).isFalse();
    assertThat(thresholds.summary("database_adapter_lag_ms").p95()).isLessThan(100);
  }

  @Test
  void shouldHoldWhatFollowsAFailureAtEveryTime() {
    for (var name : new String[] {"recovery_ms", "circuit_breaker_open_ms"}) {
      var limit = Thresholds.limit(name).toMillis();
      millis(name, 999, limit - 1);
      assertThat(kept(name)).isTrue();
      millis(name, 1, limit);
      assertThat(kept(name)).as("the limit itself is not below the limit").isFalse();
    }
  }

  @Test
  void shouldHoldRatesFromBelow() {
    thresholds.rate("events_per_second", 1001, Duration.ofSeconds(1));
    assertThat(kept("events_per_second")).isTrue();
    assertThat(thresholds.summary("events_per_second").used()).isCloseTo(0.999, within(0.001));
    thresholds.rate("events_per_second", 10_000, Duration.ofSeconds(10));
    assertThat(kept("events_per_second")).as("more than, not as many as").isFalse();
    thresholds.count("concurrent_workflows", 10_000);
    assertThat(kept("concurrent_workflows")).isTrue();
  }

  @Test
  void shouldJudgeAPartByItsOwnMeasurementsAndAddThemToTheWhole() {
    millis("fail_fast_ms", 1000, 1);
    var part = thresholds.part();
    part.record("fail_fast_ms", Duration.ofMillis(500));
    assertThat(part.summary("fail_fast_ms").count()).isEqualTo(1);
    assertThat(part.summary("fail_fast_ms").kept()).isFalse();
    assertThat(thresholds.summary("fail_fast_ms").count()).isEqualTo(1001);
    assertThat(kept("fail_fast_ms")).isTrue();
  }

  @Test
  void shouldAllowNothingToBeLostOrDoubled() {
    for (var name : new String[] {"event_loss", "duplicate_share"}) {
      thresholds.share(name, 0, 1500);
      assertThat(kept(name)).isTrue();
      assertThat(thresholds.summary(name).used()).isZero();
      thresholds.share(name, 1, 20_000_000_000L);
      assertThat(kept(name)).as("however small").isFalse();
      assertThat(thresholds.summary(name).used()).isInfinite();
    }
  }

  @Test
  void shouldFailWithTheRowThatMissesItsLimit() {
    millis("fail_fast_ms", 99, 1);
    millis("hash_generation_ms", 1, 0.5);
    assertThatCode(() -> thresholds.shouldBeKept("fail_fast_ms", "hash_generation_ms"))
        .doesNotThrowAnyException();
    millis("fail_fast_ms", 2, 12);
    assertThatThrownBy(() -> thresholds.shouldBeKept("fail_fast_ms", "hash_generation_ms"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("fail_fast_ms", "p99 < 10 ms", "12", "MISSED")
        .hasMessageNotContaining("hash_generation_ms");
    assertThatThrownBy(() -> thresholds.shouldBeKept("recovery_ms"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(thresholds::shouldBeKept).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseANameThatIsNoThreshold() {
    assertThatThrownBy(() -> thresholds.record("recovery", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no threshold recovery")
        .hasMessageContaining("recovery_ms");
    assertThatThrownBy(() -> thresholds.time("fast", () -> 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> thresholds.shouldBeKept("fast"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseWhatIsNoMeasurementOfThatName() {
    assertThatThrownBy(() -> thresholds.record("event_loss", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SHARE");
    assertThatThrownBy(() -> thresholds.share("event_loss", 2, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> thresholds.share("event_loss", 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> thresholds.rate("events_per_second", 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> thresholds.record("recovery_ms", Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(thresholds.summaries()).isEmpty();
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

  @Test
  void shouldCountWhatManyThreadsMeasureAtATime() {
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var thread = 0; thread < 4; thread++) {
        threads.execute(() -> millis("recovery_ms", 1000, 2));
      }
    }
    assertThat(thresholds.summary("recovery_ms").count()).isEqualTo(4000);
    assertThat(thresholds.summary("recovery_ms").average()).isEqualTo(2);
  }

  @Test
  void shouldKnowEveryThresholdOfTheSuite() {
    assertThat(Threshold.all().stream().map(one -> one.name() + ": " + one.boundsText()))
        .containsExactly(
            "orchestrator_reducer_flow_ms: p95 < 400 ms",
            "hash_generation_ms: p95 < 2 ms",
            "metadata_stamping_flow_ms: p95 < 10 ms",
            "cross_service_coordination_ms: p95 < 150 ms",
            "coordination_without_intelligence_ms: p95 < 50 ms",
            "intelligence_overhead_ms: p95 < 100 ms",
            "service_discovery_ms: p95 < 10 ms",
            "event_publishing_latency_ms: p95 < 100 ms",
            "database_adapter_lag_ms: p95 < 100 ms, p99 < 150 ms",
            "events_per_second: min > 1,000 /s",
            "event_loss: max <= 0",
            "duplicate_share: max <= 0, max < 0.001",
            "circuit_breaker_open_ms: max < 100 ms",
            "fail_fast_ms: p99 < 10 ms",
            "recovery_ms: max < 2,000 ms",
            "concurrent_workflows: min >= 10,000");
  }
}
