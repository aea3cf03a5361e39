// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.Threshold.Statistic;
import dev.omnibridge.testkit.Thresholds.Summary;
import dev.omnibridge.testkit.report.Change.Difference;
import dev.omnibridge.testkit.report.RunReport.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Figures of up to ten runs on one class of machine, which later runs there are held against. A
 * figure is worse than its baseline when it is beyond the median of those runs by more than a
 * margin, the largest of: a quarter of the median (half of it while there are fewer than three
 * runs), three times the spread of the runs (1.4826 times their median absolute deviation, which is
 * the standard deviation of what is normally distributed), and a hundredth of a limit that counts
 * from above. Where more is better the margin is half of the median at most, for otherwise not even
 * nothing at all would be worse. The median and every figure that has a limit are compared, each by
 * itself.
 */
public record Baseline(SortedMap<Key, List<Double>> runs) {
  static final int MOST_RUNS = 10;
  private static final int FEW_RUNS = 3;
  private static final double MARGIN = 0.25;
  private static final double MARGIN_OF_FEW = 0.5;
  private static final double MOST_OF_WHAT_SHOULD_BE_MORE = 0.5;
  private static final double SPREADS = 3;
  private static final double OF_LIMIT = 0.01;
  private static final double DEVIATIONS = 1.4826;

  /** One figure of one threshold in one place. */
  public record Key(Place place, String threshold, Statistic statistic) implements Comparable<Key> {

    @Override
    public int compareTo(Key other) {
      int order = place.compareTo(other.place);
      order = order != 0 ? order : threshold.compareTo(other.threshold);
      return order != 0 ? order : statistic.compareTo(other.statistic);
    }
  }

  public Baseline {
    var copy = new TreeMap<Key, List<Double>>();
    runs.forEach((key, values) -> copy.put(key, List.copyOf(values)));
    runs = Collections.unmodifiableSortedMap(copy);
  }

  static Baseline empty() {
    return new Baseline(new TreeMap<>());
  }

  /** With the figures of one more run; of more than ten the oldest is let go. */
  Baseline with(RunReport report) {
    var more = new TreeMap<Key, List<Double>>(runs);
    for (var row : report.rows()) {
      for (var statistic : compared(row.summary().threshold())) {
        var key = new Key(report.place(row), row.summary().name(), statistic);
        var values = new ArrayList<>(more.getOrDefault(key, List.of()));
        values.add(row.summary().value(statistic));
        more.put(key, values.subList(Math.max(0, values.size() - MOST_RUNS), values.size()));
      }
    }
    return new Baseline(more);
  }

  Change compare(Place place, Summary summary) {
    var differences = new ArrayList<Difference>();
    for (var statistic : compared(summary.threshold())) {
      var values = runs.get(new Key(place, summary.name(), statistic));
      if (values != null && !values.isEmpty()) {
        differences.add(difference(summary, statistic, values));
      }
    }
    return new Change(differences);
  }

  private static Set<Statistic> compared(Threshold threshold) {
    var statistics = new LinkedHashSet<Statistic>();
    statistics.add(Statistic.P50);
    threshold.bounds().forEach(bound -> statistics.add(bound.statistic()));
    return statistics;
  }

  private static Difference difference(Summary summary, Statistic statistic, List<Double> values) {
    var threshold = summary.threshold();
    double before = median(values);
    double share = values.size() < FEW_RUNS ? MARGIN_OF_FEW : MARGIN;
    double usual = Math.max(share * before, SPREADS * spread(values, before));
    double margin =
        threshold.lessIsBetter()
            ? Math.max(usual, OF_LIMIT * summary.limit())
            : Math.min(usual, MOST_OF_WHAT_SHOULD_BE_MORE * before);
    return new Difference(
        statistic, summary.value(statistic), before, margin, threshold.lessIsBetter());
  }

  private static double spread(List<Double> values, double median) {
    return DEVIATIONS * median(values.stream().map(each -> Math.abs(each - median)).toList());
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
