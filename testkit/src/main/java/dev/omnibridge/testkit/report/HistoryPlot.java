// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Html.fill;

import dev.omnibridge.testkit.Figures;
import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.report.Change.Difference;
import dev.omnibridge.testkit.report.RunReport.Row;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * The figure that has to keep the limit, run after run, one line per place, with the limit; the
 * baseline of the latest run is a band as wide as a difference may be without meaning anything.
 */
final class HistoryPlot {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 150;
  private static final int LEFT = 52;
  private static final int RIGHT = 16;
  private static final int TOP = 22;
  private static final int BOTTOM = 24;
  private static final int MOST_RUNS = 40;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Threshold threshold;
  private final List<Series> series;
  private final List<RunReport> runs;
  private final Axis axis;

  private HistoryPlot(Threshold threshold, List<Series> series, List<RunReport> history) {
    this.threshold = threshold;
    this.series = series;
    var measured = history.stream().filter(run -> !rows(run).isEmpty()).toList();
    runs = measured.subList(Math.max(0, measured.size() - MOST_RUNS), measured.size());
    var figures =
        runs.stream().flatMap(run -> rows(run).stream()).mapToDouble(row -> row.summary().held());
    var limit = DoubleStream.of(threshold.first().limit());
    axis = Axis.covering(DoubleStream.concat(figures, limit), HEIGHT - BOTTOM, TOP);
  }

  /** Of runs on one class of machine, oldest first. */
  static String of(Threshold threshold, List<Series> series, List<RunReport> history) {
    return new HistoryPlot(threshold, series, history).draw();
  }

  private List<Row> rows(RunReport run) {
    return series.stream()
        .map(one -> run.row(one.place(), threshold.name()))
        .flatMap(Optional::stream)
        .toList();
  }

  private String draw() {
    var svg = new StringBuilder();
    svg.append(
        fill(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"History of %s\">",
            WIDTH, HEIGHT, threshold.name()));
    forbidden(svg);
    grid(svg);
    series.forEach(one -> baseline(svg, one));
    limit(svg);
    series.forEach(one -> line(svg, one));
    dates(svg);
    return svg.append("</svg>").toString();
  }

  private void forbidden(StringBuilder svg) {
    double limit = axis.at(threshold.first().limit());
    double from = threshold.lessIsBetter() ? TOP : limit;
    double to = threshold.lessIsBetter() ? limit : HEIGHT - BOTTOM;
    svg.append(
        fill(
            "<rect class=\"forbidden\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
            LEFT, from, WIDTH - RIGHT - LEFT, to - from));
  }

  private void grid(StringBuilder svg) {
    for (double tick : axis.ticks()) {
      svg.append(
          fill(
              "<line class=\"grid\" x1=\"%1$d\" x2=\"%2$d\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>"
                  + "<text class=\"tick\" x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$s</text>",
              LEFT,
              WIDTH - RIGHT,
              axis.at(tick),
              LEFT - 6,
              axis.at(tick) + 3.5,
              Figures.text(tick)));
    }
  }

  private void limit(StringBuilder svg) {
    svg.append(
        fill(
            "<line class=\"limit\" x1=\"%1$d\" x2=\"%2$d\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>",
            LEFT, WIDTH - RIGHT, axis.at(threshold.first().limit())));
    svg.append(
        fill(
            "<text class=\"tick\" x=\"%d\" y=\"%d\">%s of each run%s</text>",
            LEFT,
            TOP - 9,
            threshold.first().statistic().text(),
            threshold.kind().unit().isEmpty() ? "" : ", " + threshold.kind().unit()));
  }

  private void baseline(StringBuilder svg, Series one) {
    for (Difference was : one.row().change().differences()) {
      if (was.statistic() == threshold.first().statistic()) {
        double top = axis.at(was.before() + was.margin());
        double bottom = axis.at(was.before() - was.margin());
        svg.append(
            fill(
                "<rect class=\"baseline c%d\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\">"
                    + "<title>%s: baseline %s, margin %s</title></rect>",
                one.colour(),
                LEFT,
                top,
                WIDTH - RIGHT - LEFT,
                Math.max(bottom - top, 1),
                one.text(),
                Figures.text(was.before(), threshold.kind()),
                Figures.text(was.margin(), threshold.kind())));
      }
    }
  }

  private void line(StringBuilder svg, Series one) {
    var path = new StringBuilder();
    var points = new StringBuilder();
    for (int i = 0; i < runs.size(); i++) {
      var run = runs.get(i);
      var row = run.row(one.place(), threshold.name());
      if (row.isPresent()) {
        double y = axis.at(row.get().summary().held());
        path.append(fill("%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(i), y));
        points.append(point(run, row.get(), x(i), y));
      }
    }
    svg.append(fill("<g class=\"series c%d\"><path class=\"line\" d=\"%s\"/>", one.colour(), path));
    svg.append(points).append("</g>");
  }

  private String point(RunReport run, Row row, double x, double y) {
    var summary = row.summary();
    return fill(
        "<circle class=\"point%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s\n%s %s\n%s%s</title>"
            + "</circle>",
        summary.kept() ? "" : " missed",
        x,
        y,
        DAY.format(run.at()) + " UTC " + run.revision(),
        threshold.first().statistic().text(),
        Figures.text(summary.held(), threshold.kind()),
        summary.kept() ? "kept, " : "MISSED, ",
        row.change().word());
  }

  private double x(int index) {
    double from = LEFT + 10;
    double to = WIDTH - RIGHT - 10.0;
    return runs.size() == 1 ? (from + to) / 2 : from + index * (to - from) / (runs.size() - 1);
  }

  private void dates(StringBuilder svg) {
    if (runs.isEmpty()) {
      return;
    }
    svg.append(date(x(0), runs.size() == 1 ? "middle" : "start", runs.getFirst()));
    if (runs.size() > 1) {
      svg.append(date(x(runs.size() - 1), "end", runs.getLast()));
    }
  }

  private static String date(double x, String anchor, RunReport run) {
    return fill(
        "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
        x, HEIGHT - 8, anchor, DAY.format(run.at()));
  }
}
