// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Figures;
import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.report.RunReport.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What some reports come to, in a line and some sentences. */
record Verdict(List<RunReport> reports) {
  private static final int MOST_NAMES = 5;

  private long measured() {
    return reports.stream().mapToLong(report -> report.rows().size()).sum();
  }

  private long missed() {
    return reports.stream().mapToLong(report -> report.missed().size()).sum();
  }

  private long regressed() {
    return reports.stream().mapToLong(report -> report.regressed().size()).sum();
  }

  private long failed() {
    return reports.stream().mapToLong(report -> report.failed().size()).sum();
  }

  /** Names of thresholds that none of the reports has. */
  private List<String> notMeasured() {
    return Threshold.all().stream()
        .map(Threshold::name)
        .filter(name -> reports.stream().allMatch(report -> report.notMeasured().contains(name)))
        .toList();
  }

  String style() {
    if (failed() > 0 || missed() > 0) {
      return "missed";
    }
    return regressed() > 0 ? "worse" : "kept";
  }

  String sign() {
    return switch (style()) {
      case "missed" -> "\u2717";
      case "worse" -> "!";
      default -> "\u2713";
    };
  }

  String headline() {
    var parts = new ArrayList<String>();
    if (failed() > 0) {
      parts.add(failed() == 1 ? "1 test failed" : "%d tests failed".formatted(failed()));
    }
    parts.add(limits());
    if (regressed() > 0) {
      parts.add("%d worse than before".formatted(regressed()));
    }
    int absent = notMeasured().size();
    if (measured() > 0 && absent > 0) {
      parts.add("%d of %d thresholds not measured".formatted(absent, Threshold.all().size()));
    }
    var headline = String.join(", ", parts);
    return Character.toUpperCase(headline.charAt(0)) + headline.substring(1);
  }

  private String limits() {
    if (measured() == 0) {
      return "nothing was measured";
    }
    if (missed() == 0) {
      return "all %d figures keep their limits".formatted(measured());
    }
    var miss = missed() == 1 ? "misses its limit" : "miss their limits";
    return "%d of %d figures %s".formatted(missed(), measured(), miss);
  }

  List<String> sentences() {
    var sentences = new ArrayList<String>();
    for (var report : reports) {
      failed(report).ifPresent(sentences::add);
    }
    if (missed() == 0) {
      nearest().ifPresent(sentences::add);
    }
    for (var report : reports) {
      report.missed().forEach(row -> sentences.add(missed(report, row)));
    }
    if (measured() > 0 && !notMeasured().isEmpty()) {
      sentences.add("Not measured: %s.".formatted(String.join(", ", notMeasured())));
    }
    for (var report : reports) {
      sentences.add(baseline(report));
      withoutBaseline(report).ifPresent(sentences::add);
      absent(report).ifPresent(sentences::add);
    }
    return sentences;
  }

  private static Optional<String> failed(RunReport report) {
    var names = report.failed().stream().distinct().sorted().toList();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    int more = Math.max(0, names.size() - MOST_NAMES);
    return Optional.of(
        "Failed: %s%s (%s)."
            .formatted(
                names.stream().limit(MOST_NAMES).collect(Collectors.joining(", ")),
                more == 0 ? "" : " and %d more".formatted(more),
                report.infrastructure()));
  }

  private Optional<String> nearest() {
    record Found(RunReport report, Row row) {}
    return reports.stream()
        .flatMap(report -> report.rows().stream().map(row -> new Found(report, row)))
        .max(Comparator.comparingDouble(found -> found.row().summary().used()))
        .map(found ->
            "Nearest to its limit: %s, which uses %s of it (%s)."
                .formatted(
                    found.row().summary().threshold().meaning(),
                    Figures.percent(found.row().summary().used()),
                    found.report().place(found.row()).text()));
  }

  private static String missed(RunReport report, Row row) {
    var summary = row.summary();
    return "Missed: %s has to be %s, is %s (%s)."
        .formatted(
            summary.name(),
            summary.threshold().boundsText(),
            summary.threshold().bounds().stream()
                .map(bound ->
                    bound.statistic().text()
                        + " "
                        + Figures.text(
                            summary.value(bound.statistic()), summary.threshold().kind()))
                .distinct()
                .collect(Collectors.joining(", ")),
            report.place(row).text());
  }

  private static String baseline(RunReport report) {
    if (!report.hasBaseline()) {
      return "No baseline of %s for this class of machine, %s."
          .formatted(report.infrastructure(), report.machine().className());
    }
    int compared = report.rows().size() - report.withoutBaseline().size();
    if (compared == 0) {
      return "Nothing could be compared with the baseline of %s."
          .formatted(report.infrastructure());
    }
    var worse = report.regressed();
    return worse.isEmpty()
        ? "Nothing is worse than the baseline of %s on this class of machine."
            .formatted(report.infrastructure())
        : "Worse than the baseline of %s, %d of %d: %s."
            .formatted(
                report.infrastructure(),
                worse.size(),
                compared,
                worse.stream()
                    .map(row -> row.summary().name())
                    .distinct()
                    .collect(Collectors.joining(", ")));
  }

  /** Where there is a baseline that does not have them; without one there is nothing to add. */
  private static Optional<String> withoutBaseline(RunReport report) {
    var rows = report.withoutBaseline();
    return rows.isEmpty() || !report.hasBaseline()
        ? Optional.empty()
        : Optional.of(
            "Without a baseline of %s, %d of %d: %s."
                .formatted(
                    report.infrastructure(),
                    rows.size(),
                    report.rows().size(),
                    rows.stream()
                        .map(row -> "%s (%s)".formatted(row.summary().name(), row.deployment()))
                        .collect(Collectors.joining(", "))));
  }

  private static Optional<String> absent(RunReport report) {
    return report.absent().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "In the baseline of %s, but not measured: %s."
                .formatted(
                    report.infrastructure(),
                    report.absent().stream()
                        .map(each -> "%s (%s)".formatted(each.threshold(), each.deployment()))
                        .collect(Collectors.joining(", "))));
  }
}
