// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.Thresholds.Summary;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one run of tests has measured: when, on what, under which circumstances, and per way of
 * deployment each threshold beside its baseline; which tests failed, each time that they did; and
 * what the baseline has of this infrastructure that the run has not. The revision is empty where it
 * is not known.
 */
public record RunReport(
    Instant at,
    String revision,
    Machine machine,
    SortedMap<String, String> labels,
    List<Row> rows,
    List<String> failed,
    List<Absent> absent) {
  static final String INFRASTRUCTURE = "infrastructure";

  /** One threshold as it was measured on one deployment. */
  public record Row(String deployment, Summary summary, Change change) {}

  /** A threshold that is in the baseline of a deployment, and was not measured there. */
  public record Absent(String deployment, String threshold) {}

  /** Where a figure was measured; figures of two places are never compared. */
  public record Place(String infrastructure, String deployment) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparing(Place::infrastructure).thenComparing(Place::deployment);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }

    public String text() {
      return infrastructure + ", " + deployment;
    }
  }

  public RunReport {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    rows = List.copyOf(rows);
    failed = List.copyOf(failed);
    absent = List.copyOf(absent);
  }

  /** Holds what was measured against the baseline; no test failed. */
  static RunReport of(
      Instant at,
      String revision,
      Machine machine,
      Map<String, String> labels,
      Map<String, List<Summary>> measured,
      Baseline baseline) {
    var unjudged =
        new RunReport(
            at, revision, machine, new TreeMap<>(labels), List.of(), List.of(), List.of());
    var rows =
        measured.entrySet().stream()
            .flatMap(entry ->
                entry.getValue().stream()
                    .map(summary ->
                        new Row(
                            entry.getKey(),
                            summary,
                            baseline.compare(unjudged.place(entry.getKey()), summary))))
            .toList();
    var absent =
        baseline.runs().keySet().stream()
            .filter(key -> key.place().infrastructure().equals(unjudged.infrastructure()))
            .map(key -> new Absent(key.place().deployment(), key.threshold()))
            .distinct()
            .filter(each -> rows.stream().noneMatch(row -> isOf(row, each)))
            .toList();
    return new RunReport(at, revision, machine, unjudged.labels, rows, List.of(), absent);
  }

  private static boolean isOf(Row row, Absent each) {
    return row.deployment().equals(each.deployment())
        && row.summary().name().equals(each.threshold());
  }

  /** The same run, of which these tests failed. */
  RunReport withFailed(List<String> tests) {
    return new RunReport(at, revision, machine, labels, rows, tests, absent);
  }

  /** What PostgreSQL and Kafka were, as the tests said; {@code unnamed} where they did not. */
  public String infrastructure() {
    return labels.getOrDefault(INFRASTRUCTURE, "unnamed");
  }

  public Place place(String deployment) {
    return new Place(infrastructure(), deployment);
  }

  public Place place(Row row) {
    return place(row.deployment());
  }

  public Optional<Row> row(Place place, String threshold) {
    return rows.stream()
        .filter(row -> place(row).equals(place))
        .filter(row -> row.summary().name().equals(threshold))
        .findFirst();
  }

  public List<Row> missed() {
    return rows.stream().filter(row -> !row.summary().kept()).toList();
  }

  /** Whether every test that was run passed and every limit was kept. */
  public boolean isSound() {
    return failed.isEmpty() && missed().isEmpty();
  }

  public List<Row> regressed() {
    return rows.stream().filter(row -> row.change().isWorse()).toList();
  }

  /** Whether there is a baseline of this infrastructure, of whatever figures. */
  public boolean hasBaseline() {
    return withoutBaseline().size() < rows.size() || !absent.isEmpty();
  }

  /** Rows that cannot be compared. */
  public List<Row> withoutBaseline() {
    return rows.stream().filter(row -> !row.change().isKnown()).toList();
  }

  /** The names of thresholds of which this run has no figure, in their order. */
  public List<String> notMeasured() {
    return Threshold.all().stream()
        .map(Threshold::name)
        .filter(name -> rows.stream().noneMatch(row -> row.summary().name().equals(name)))
        .toList();
  }
}
