// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.testkit.Threshold.Bound;
import dev.omnibridge.testkit.Threshold.Kind;
import dev.omnibridge.testkit.Threshold.Statistic;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measurements under known names, each held against the limit of that name. The name is the limit's
 * only spelling: a measurement under any other name is an error, not a new row. What goes into
 * {@link #ofThisRun} is reported when the run of tests ends; a collection made by {@code new} is
 * for those who made it, such as warming up; a {@link #part} is for both.
 */
public final class Thresholds {
  private final Map<String, Distribution> measured = new ConcurrentHashMap<>();
  private final @Nullable Thresholds whole;

  /** A collection of its own. */
  public Thresholds() {
    this(null);
  }

  private Thresholds(@Nullable Thresholds whole) {
    this.whole = whole;
  }

  /**
   * A new collection, whose measurements go into this one as well: a test that holds its own
   * figures against their limits does not hide them among those of others.
   */
  public Thresholds part() {
    return new Thresholds(this);
  }

  /** What was measured under one name, in the unit of its kind. */
  public record Summary(
      Threshold threshold,
      long count,
      double average,
      double min,
      double max,
      double p50,
      double p95,
      double p99,
      SortedMap<Double, Double> percentiles) {

    public Summary {
      percentiles = Collections.unmodifiableSortedMap(new TreeMap<>(percentiles));
    }

    public String name() {
      return threshold.name();
    }

    /** The limit of the first bound. */
    public double limit() {
      return threshold.first().limit();
    }

    public double value(Statistic statistic) {
      return switch (statistic) {
        case AVERAGE -> average;
        case MIN -> min;
        case P50 -> p50;
        case P95 -> p95;
        case P99 -> p99;
        case MAX -> max;
      };
    }

    /** The figure that the first bound is for. */
    public double held() {
      return value(threshold.first().statistic());
    }

    /** Whether every bound of the threshold is kept. */
    public boolean kept() {
      return threshold.bounds().stream().allMatch(this::keeps);
    }

    public boolean keeps(Bound bound) {
      return bound.isKeptBy(value(bound.statistic()));
    }

    /** How much of the limit is used, by the bound that comes nearest to it; 1 is all of it. */
    public double used() {
      return threshold.bounds().stream()
          .mapToDouble(bound -> bound.used(value(bound.statistic())))
          .max()
          .orElseThrow();
    }

    /** Whether the average keeps the limit of the first bound; weaker than {@link #kept}. */
    public boolean averageKeepsLimit() {
      return threshold.first().isKeptBy(average);
    }
  }

  /** The collection of this JVM's run for what was measured on the suite in one process. */
  public static Thresholds ofThisRun() {
    return ofThisRun("one process");
  }

  /** The collection of this JVM's run for a way to deploy, such as {@code five processes}. */
  public static Thresholds ofThisRun(String deployment) {
    return ThisRun.of(deployment);
  }

  /** Says under what circumstances this run measures, such as {@code infrastructure} embedded. */
  public static void label(String key, String value) {
    ThisRun.label(key, value);
  }

  /** The limit of a duration. */
  public static Duration limit(String name) {
    return Duration.ofMillis((long) expect(name, Kind.DURATION).first().limit());
  }

  /** Safe from several threads. What is longer than ten minutes counts as ten minutes. */
  public void record(String name, Duration took) {
    if (took.isNegative()) {
      throw new IllegalArgumentException("%s took %s, less than nothing".formatted(name, took));
    }
    add(expect(name, Kind.DURATION), took.toNanos() / 1e6);
  }

  /** Runs and records; work that fails is not recorded. */
  public <T> T time(String name, Supplier<T> work) {
    expect(name, Kind.DURATION);
    var began = System.nanoTime();
    var result = work.get();
    record(name, Duration.ofNanos(System.nanoTime() - began));
    return result;
  }

  /** So many per second. */
  public void rate(String name, long many, Duration took) {
    if (many < 0 || took.isNegative() || took.isZero()) {
      throw new IllegalArgumentException("%s: %d in %s is no rate".formatted(name, many, took));
    }
    add(expect(name, Kind.RATE), many * 1e9 / took.toNanos());
  }

  /** So many of so many. */
  public void share(String name, long part, long whole) {
    if (part < 0 || whole <= 0 || part > whole) {
      throw new IllegalArgumentException("%s: %d of %d is no share".formatted(name, part, whole));
    }
    add(expect(name, Kind.SHARE), (double) part / whole);
  }

  /** So many. */
  public void count(String name, long many) {
    if (many < 0) {
      throw new IllegalArgumentException("%s: %d is less than nothing".formatted(name, many));
    }
    add(expect(name, Kind.COUNT), many);
  }

  private static Threshold expect(String name, Kind kind) {
    var threshold = Threshold.named(name);
    if (threshold.kind() != kind) {
      throw new IllegalArgumentException(
          "%s is a %s, not a %s".formatted(name, threshold.kind(), kind));
    }
    return threshold;
  }

  private void add(Threshold threshold, double value) {
    measured.computeIfAbsent(threshold.name(), _ -> new Distribution(threshold.kind())).add(value);
    if (whole != null) {
      whole.add(threshold, value);
    }
  }

  /** Of a known name that was measured at least once. */
  public Summary summary(String name) {
    var threshold = Threshold.named(name);
    var distribution = measured.get(name);
    if (distribution == null) {
      throw new IllegalStateException("Nothing was measured for " + name);
    }
    return distribution.summary(threshold);
  }

  /** Every name that was measured, in the order of {@link Threshold#all}. */
  public List<Summary> summaries() {
    return Threshold.all().stream()
        .map(Threshold::name)
        .filter(measured::containsKey)
        .map(this::summary)
        .toList();
  }

  /** Fails with the rows that miss their limit, or when a name was not measured at all. */
  public void shouldBeKept(String... names) {
    if (names.length == 0) {
      throw new IllegalArgumentException("Name the thresholds that should be kept");
    }
    var missed = List.of(names).stream().map(this::summary).filter(row -> !row.kept()).toList();
    if (!missed.isEmpty()) {
      throw new AssertionError("Thresholds are missed:\n" + SummaryTable.of(missed));
    }
  }

  /** One line per measured name under one line of headings. */
  public String table() {
    return SummaryTable.of(summaries());
  }
}
