// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Measurements of one kind, of which any number take the same room. Count, average, least and most
 * are exact; percentiles are up to a thousandth above what was measured, never below. Safe from
 * several threads.
 */
final class Distribution {
  private static final double[] PERCENTILES = {
    0, 1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99, 99.9, 100
  };

  private final Scale scale;
  private final ConcurrentHistogram histogram;
  private final AtomicLong count = new AtomicLong();
  private final LongAdder sum = new LongAdder();
  private final LongAccumulator least = new LongAccumulator(Math::min, Long.MAX_VALUE);
  private final LongAccumulator most = new LongAccumulator(Math::max, Long.MIN_VALUE);

  /** The whole numbers that a kind is kept in, and where they end: what is more counts as that. */
  private enum Scale {
    NANOS(1e6, 600_000_000_000L),
    MILLIONTHS(1e6, 1_000_000_000_000_000L),
    BILLIONTHS(1e9, 1_000_000_000L),
    ONES(1, 1_000_000_000_000L);

    private final double perUnit;
    private final long largest;

    Scale(double perUnit, long largest) {
      this.perUnit = perUnit;
      this.largest = largest;
    }

    static Scale of(Threshold.Kind kind) {
      return switch (kind) {
        case DURATION -> NANOS;
        case RATE -> MILLIONTHS;
        case SHARE -> BILLIONTHS;
        case COUNT -> ONES;
      };
    }
  }

  Distribution(Threshold.Kind kind) {
    scale = Scale.of(kind);
    histogram = new ConcurrentHistogram(scale.largest, 3);
  }

  /** In the unit of the kind. What is not nothing does not become nothing. */
  void add(double value) {
    long kept = (long) Math.min(Math.ceil(value * scale.perUnit), scale.largest);
    histogram.recordValue(kept);
    sum.add(kept);
    least.accumulate(kept);
    most.accumulate(kept);
    count.incrementAndGet();
  }

  Thresholds.Summary summary(Threshold threshold) {
    var taken = histogram.copy();
    return new Thresholds.Summary(
        threshold,
        count.get(),
        sum.sum() / scale.perUnit / count.get(),
        least.get() / scale.perUnit,
        most.get() / scale.perUnit,
        percentile(taken, 50),
        percentile(taken, 95),
        percentile(taken, 99),
        percentiles(taken));
  }

  private double percentile(ConcurrentHistogram taken, double percentile) {
    long at = percentile == 0 ? least.get() : taken.getValueAtPercentile(percentile);
    return Math.clamp(at, least.get(), most.get()) / scale.perUnit;
  }

  private SortedMap<Double, Double> percentiles(ConcurrentHistogram taken) {
    var percentiles = new TreeMap<Double, Double>();
    for (double each : PERCENTILES) {
      percentiles.put(each, percentile(taken, each));
    }
    return percentiles;
  }
}
