// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.SummaryTable;
import dev.omnibridge.testkit.report.RunReport.Row;
import java.util.List;
import java.util.stream.Collectors;

/** A report as a table of text, with the verdict below. */
final class ReportText {
  private ReportText() {}

  static String of(RunReport report) {
    var text = new StringBuilder();
    var of = (report.at() + " " + report.revision()).strip();
    var deployments = report.rows().stream().map(Row::deployment).distinct().toList();
    if (deployments.isEmpty()) {
      text.append("\n== tests on %s (%s)\n".formatted(report.infrastructure(), of));
    }
    for (var deployment : deployments) {
      text.append("\n== thresholds on %s (%s)\n".formatted(report.place(deployment).text(), of));
      text.append(SummaryTable.heading()).append("   baseline\n");
      report.rows().stream()
          .filter(row -> row.deployment().equals(deployment))
          .map(row -> SummaryTable.row(row.summary()) + "   " + row.change().text() + "\n")
          .forEach(text::append);
    }
    var verdict = new Verdict(List.of(report));
    text.append("\n");
    report.labels().forEach((name, value) -> text.append("%s: %s\n".formatted(name, value)));
    return text.append(verdict.headline())
        .append(". ")
        .append(verdict.sentences().stream().collect(Collectors.joining(" ")))
        .append("\n")
        .toString();
  }
}
