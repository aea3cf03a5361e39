// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void shouldTellCountersGaugesAndTimersAsPrometheusReadsThem() {
    metrics.counter("omnibridge_eggs", "Eggs laid.", "hen", "Ada").increment(3);
    metrics.gauge("omnibridge_hens", "Hens there are.", () -> 7);
    metrics.timer("omnibridge_brood", "Time of brooding.").record(Duration.ofMillis(3));
    assertThat(metrics.scrape())
        .contains("# HELP omnibridge_eggs_total Eggs laid.")
        .contains("omnibridge_eggs_total{hen=\"Ada\"} 3.0")
        .contains("omnibridge_hens 7.0")
        .contains("omnibridge_brood_seconds_bucket{le=\"0.005\"} 1")
        .contains("omnibridge_brood_seconds_count 1");
  }

  @Test
  void shouldTellHowTheJvmAndTheProcessAre() {
    assertThat(metrics.scrape())
        .contains("jvm_memory_used_bytes{area=\"heap\"")
        .contains("jvm_threads_live_threads")
        .contains("process_uptime_seconds")
        .contains("process_files_open_files")
        .contains("process_cpu_usage");
  }

  @Test
  void shouldAskTheLastGaugeOfAName() {
    metrics.gauge("omnibridge_hens", "Hens there are.", () -> 7, "coop", "a");
    metrics.gauge("omnibridge_hens", "Hens there are.", () -> 8, "coop", "a");
    assertThat(metrics.scrape()).contains("omnibridge_hens{coop=\"a\"} 8.0");
  }

  @Test
  void shouldForgetAGaugeThatIsClosed() {
    metrics.gauge("omnibridge_hens", "Hens there are.", () -> 7).close();
    assertThat(metrics.scrape()).doesNotContain("omnibridge_hens");
  }

  @Test
  void shouldKeepNoMoreLabelsThanItsLimit() {
    for (int i = 0; i < 700; i++) {
      metrics.counter("omnibridge_eggs", "Eggs laid.", "hen", "hen" + i).increment();
    }
    assertThat(metrics.scrape().lines().filter(line -> line.startsWith("omnibridge_eggs_total")))
        .hasSize(500);
  }

  @Test
  void shouldRefuseANameThatIsNotOurs() {
    assertThatIllegalArgumentException().isThrownBy(() -> metrics.counter("eggs", "Eggs laid."));
  }
}
