// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Thresholds;
import dev.omnibridge.testkit.Thresholds.Summary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Runs as they might have been. */
final class Runs {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final Machine MACHINE =
      new Machine("linux-amd64", "genuineintel-6-1", "A <fast> processor", 2, 16, false);
  static final String FLOW = "orchestrator_reducer_flow_ms";

  private Runs() {}

  /** One measurement each. */
  static Summary millis(String name, double... millis) {
    var thresholds = new Thresholds();
    for (double each : millis) {
      thresholds.record(name, Duration.ofNanos((long) (each * 1e6)));
    }
    return thresholds.summary(name);
  }

  static Summary rate(double perSecond) {
    var thresholds = new Thresholds();
    thresholds.rate("events_per_second", (long) (perSecond * 100), Duration.ofSeconds(100));
    return thresholds.summary("events_per_second");
  }

  static Summary lost(long events) {
    var thresholds = new Thresholds();
    thresholds.share("event_loss", events, 1500);
    return thresholds.summary("event_loss");
  }

  static SortedMap<String, List<Summary>> inOneProcess(Summary... summaries) {
    return new TreeMap<>(Map.of("one process", List.of(summaries)));
  }

  static RunReport report(String infrastructure, Baseline baseline, Summary... summaries) {
    return RunReport.of(
        NOON,
        "abc123",
        MACHINE,
        Map.of("infrastructure", infrastructure),
        inOneProcess(summaries),
        baseline);
  }

  static RunReport embedded(Summary... summaries) {
    return report("embedded", Baseline.empty(), summaries);
  }

  /** The baseline of one run per figure of the flow. */
  static Baseline flowOf(double... millis) {
    var baseline = Baseline.empty();
    for (double each : millis) {
      baseline = baseline.with(embedded(millis(FLOW, each)));
    }
    return baseline;
  }
}
