// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.util.List;
import java.util.stream.Collectors;

/** Summaries as lines of text, one under the other; figures are in the unit of the threshold. */
public final class SummaryTable {
  private static final String FORMAT = "%-36s %-28s %8s %9s %9s %9s %9s %9s %9s %7s  %s";

  private SummaryTable() {}

  public static String heading() {
    return FORMAT.formatted(
        "threshold",
        "has to be",
        "count",
        "average",
        "min",
        "max",
        "p50",
        "p95",
        "p99",
        "of it",
        "verdict");
  }

  public static String row(Thresholds.Summary row) {
    return FORMAT.formatted(
        row.name(),
        row.threshold().boundsText(),
        Figures.text(row.count()),
        Figures.text(row.average()),
        Figures.text(row.min()),
        Figures.text(row.max()),
        Figures.text(row.p50()),
        Figures.text(row.p95()),
        Figures.text(row.p99()),
        Figures.percent(row.used()),
        row.kept() ? "kept" : "MISSED");
  }

  /** All of them under one line of headings. */
  public static String of(List<Thresholds.Summary> rows) {
    return rows.stream()
        .map(SummaryTable::row)
        .collect(Collectors.joining("\n", heading() + "\n", "\n"));
  }
}
