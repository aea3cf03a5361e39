// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Measurements under known names, each held against the limit of that name. The name is the limit's
 * only spelling: a measurement under any other name is an error, not a new row.
 */
public final class Thresholds {
  private static final SortedMap<String, Duration> LIMITS = limits();
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** What was measured under one name; all times in milliseconds. */
  public record Summary(
      String name,
      double limit,
      long count,
      double average,
      double min,
      double max,
      double p50,
      double p95,
      double p99) {

    /** Whether the average keeps the limit, as the suite's thresholds are defined. */
    public boolean averageKeepsLimit() {
      return average <= limit;
    }

    /** The stricter question. */
    public boolean p99KeepsLimit() {
      return p99 <= limit;
    }
  }

  private final SortedMap<String, Histogram> measured = new ConcurrentSkipListMap<>();

  private static SortedMap<String, Duration> limits() {
    var limits = new ConcurrentSkipListMap<String, Duration>();
    limits.put("orchestrator_reducer_flow_ms", Duration.ofMillis(400));
    limits.put("metadata_stamping_flow_ms", Duration.ofMillis(10));
    limits.put("hash_generation_ms", Duration.ofMillis(2));
    limits.put("cross_service_coordination_ms", Duration.ofMillis(150));
    limits.put("coordination_without_intelligence_ms", Duration.ofMillis(50));
    limits.put("service_discovery_ms", Duration.ofMillis(10));
    limits.put("event_publishing_latency_ms", Duration.ofMillis(100));
    limits.put("database_adapter_lag_ms", Duration.ofMillis(100));
    limits.put("circuit_breaker_open_ms", Duration.ofMillis(100));
    limits.put("fail_fast_ms", Duration.ofMillis(10));
    limits.put("recovery_ms", Duration.ofMillis(2000));
    return limits;
  }

  /** The limit of a known name. */
  public static Duration limit(String name) {
    var limit = LIMITS.get(name);
    if (limit == null) {
      throw new IllegalArgumentException(
          "There is no threshold %s; known are %s".formatted(name, LIMITS.keySet()));
    }
    return limit;
  }

  /** Safe from several threads. What is longer than ten minutes counts as ten minutes. */
  public void record(String name, Duration took) {
    limit(name);
    if (took.isNegative()) {
      throw new IllegalArgumentException("%s took %s, less than nothing".formatted(name, took));
    }
    measured
        .computeIfAbsent(name, _ -> new ConcurrentHistogram(LONGEST_NANOS, 3))
        .recordValue(Math.min(took.toNanos(), LONGEST_NANOS));
  }

  /** Runs and records; work that fails is not recorded. */
  public <T> T time(String name, Supplier<T> work) {
    limit(name);
    var began = System.nanoTime();
    var result = work.get();
    record(name, Duration.ofNanos(System.nanoTime() - began));
    return result;
  }

  /** Of a known name that was measured at least once. */
  public Summary summary(String name) {
    var limit = limit(name);
    var histogram = measured.get(name);
    if (histogram == null) {
      throw new IllegalStateException("Nothing was measured for " + name);
    }
    var taken = histogram.copy();
    return new Summary(
        name,
        limit.toMillis(),
        taken.getTotalCount(),
        millis(taken.getMean()),
        millis(taken.getMinValue()),
        millis(taken.getMaxValue()),
        millis(taken.getValueAtPercentile(50)),
        millis(taken.getValueAtPercentile(95)),
        millis(taken.getValueAtPercentile(99)));
  }

  private static double millis(double nanos) {
    return nanos / 1e6;
  }

  /** Every name that was measured, in the order of the names. */
  public List<Summary> summaries() {
    return measured.keySet().stream().map(this::summary).toList();
  }

  /** One line per measured name under one line of headings, milliseconds throughout. */
  public String table() {
    var heading =
        "%-38s %8s %7s %9s %9s %9s %9s %9s %9s  %s"
            .formatted(
                "threshold", "limit", "count", "average", "min", "max", "p50", "p95", "p99", "");
    return summaries().stream()
        .map(Thresholds::line)
        .collect(Collectors.joining("\n", heading.stripTrailing() + "\n", "\n"));
  }

  private static String line(Summary row) {
    return String.format(
        Locale.ROOT,
        "%-38s %8.0f %7d %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f  %s",
        row.name,
        row.limit,
        row.count,
        row.average,
        row.min,
        row.max,
        row.p50,
        row.p95,
        row.p99,
        row.averageKeepsLimit() ? "kept" : "MISSED");
  }
}
