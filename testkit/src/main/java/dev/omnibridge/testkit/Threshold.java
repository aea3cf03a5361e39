// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static dev.omnibridge.testkit.Threshold.Comparison.ABOVE;
import static dev.omnibridge.testkit.Threshold.Comparison.AT_LEAST;
import static dev.omnibridge.testkit.Threshold.Comparison.AT_MOST;
import static dev.omnibridge.testkit.Threshold.Comparison.BELOW;
import static dev.omnibridge.testkit.Threshold.Statistic.MAX;
import static dev.omnibridge.testkit.Threshold.Statistic.MIN;
import static dev.omnibridge.testkit.Threshold.Statistic.P95;
import static dev.omnibridge.testkit.Threshold.Statistic.P99;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A limit that the suite has promised, and which figure of the measurements it holds for. Latencies
 * are held at their 95th percentile (with fewer than 20 measurements that is the worst one), what
 * has to happen after a failure at every single time, and failing fast at the 99th percentile. The
 * first bound is the one that is spoken of.
 */
public record Threshold(String name, Kind kind, String meaning, List<Bound> bounds) {
  private static final Map<String, Threshold> KNOWN =
      Stream.of(
              millis("orchestrator_reducer_flow_ms", "submission to reduced state", P95, 400),
              millis("hash_generation_ms", "hash of a file", P95, 2),
              millis("metadata_stamping_flow_ms", "stamp found by its hash", P95, 10),
              millis("cross_service_coordination_ms", "workflow with intelligence", P95, 150),
              millis("coordination_without_intelligence_ms", "workflow without it", P95, 50),
              millis("intelligence_overhead_ms", "what intelligence adds", P95, 100),
              millis("service_discovery_ms", "finding a service", P95, 10),
              millis("event_publishing_latency_ms", "commit to record in Kafka", P95, 100),
              millis("database_adapter_lag_ms", "record in Kafka to row", P95, 100)
                  .and(P99, BELOW, 150),
              of("events_per_second", Kind.RATE, "events from Kafka to rows", MIN, ABOVE, 1000),
              of("event_loss", Kind.SHARE, "events lost", MAX, AT_MOST, 0),
              of("duplicate_share", Kind.SHARE, "events processed twice", MAX, AT_MOST, 0)
                  .and(MAX, BELOW, 0.001),
              millis("circuit_breaker_open_ms", "fifth failure to open breaker", MAX, 100),
              millis("fail_fast_ms", "refusal while it is open", P99, 10),
              millis("recovery_ms", "Kafka back to all replayed", MAX, 2000),
              of("concurrent_workflows", Kind.COUNT, "unfinished at once", MIN, AT_LEAST, 10_000))
          .collect(
              Collectors.collectingAndThen(
                  Collectors.toMap(
                      Threshold::name, Function.identity(), (a, _) -> a, LinkedHashMap::new),
                  Collections::unmodifiableMap));

  /** What is measured. */
  public enum Kind {
    DURATION("ms"),
    RATE("/s"),
    SHARE(""),
    COUNT("");

    private final String unit;

    Kind(String unit) {
      this.unit = unit;
    }

    /** Of the figures and of the limit; empty where there is none. */
    public String unit() {
      return unit;
    }
  }

  /** One figure that stands for all measurements. */
  public enum Statistic {
    AVERAGE,
    MIN,
    P50,
    P95,
    P99,
    MAX;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The side of the limit that is the good one. */
  public enum Comparison {
    BELOW("<"),
    AT_MOST("<="),
    ABOVE(">"),
    AT_LEAST(">=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    public boolean lessIsBetter() {
      return this == BELOW || this == AT_MOST;
    }
  }

  /** What one figure has to be. */
  public record Bound(Statistic statistic, Comparison comparison, double limit) {

    public boolean isKeptBy(double value) {
      return switch (comparison) {
        case BELOW -> value < limit;
        case AT_MOST -> value <= limit;
        case ABOVE -> value > limit;
        case AT_LEAST -> value >= limit;
      };
    }

    /**
     * How much of the limit is used, 1 being all of it; where nothing is allowed, 0 or infinite.
     */
    public double used(double value) {
      double best = comparison.lessIsBetter() ? value : limit;
      double most = comparison.lessIsBetter() ? limit : value;
      return best == 0 ? 0 : best / most;
    }
  }

  public Threshold {
    bounds = List.copyOf(bounds);
  }

  /** The threshold of that name; any other name is an error, so that no limit is invented. */
  public static Threshold named(String name) {
    var known = KNOWN.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "There is no threshold %s; known are %s".formatted(name, KNOWN.keySet()));
    }
    return known;
  }

  /** All there are, in the order in which they are told. */
  public static List<Threshold> all() {
    return List.copyOf(KNOWN.values());
  }

  public Bound first() {
    return bounds.getFirst();
  }

  public boolean lessIsBetter() {
    return first().comparison().lessIsBetter();
  }

  /** Such as {@code p95 < 100 ms, p99 < 150 ms}. */
  public String boundsText() {
    return bounds.stream().map(this::text).collect(Collectors.joining(", "));
  }

  private String text(Bound bound) {
    return "%s %s %s"
        .formatted(
            bound.statistic().text(), bound.comparison().sign(), Figures.text(bound.limit(), kind));
  }

  private static Threshold millis(String name, String meaning, Statistic held, double limit) {
    return of(name, Kind.DURATION, meaning, held, BELOW, limit);
  }

  private static Threshold of(
      String name, Kind kind, String meaning, Statistic held, Comparison comparison, double limit) {
    return new Threshold(name, kind, meaning, List.of(new Bound(held, comparison, limit)));
  }

  private Threshold and(Statistic held, Comparison comparison, double limit) {
    var more = Stream.concat(bounds.stream(), Stream.of(new Bound(held, comparison, limit)));
    return new Threshold(name, kind, meaning, more.toList());
  }
}
