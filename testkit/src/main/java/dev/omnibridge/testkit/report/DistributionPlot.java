// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Html.fill;

import dev.omnibridge.testkit.Figures;
import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.Threshold.Bound;
import dev.omnibridge.testkit.Thresholds.Summary;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * How measurements are spread, one strip per place, on one logarithmic axis with the limit: a line
 * from the least to the most, a band from the 5th to the 95th percentile, a dark one of the middle
 * half, a tick for the median and a ring for the figure that has to keep the limit.
 */
final class DistributionPlot {
  private static final int WIDTH = 520;
  private static final int EDGE = 16;
  private static final int TOP = 22;
  private static final int STRIP = 42;
  private static final int BOTTOM = 24;

  private final Threshold threshold;
  private final List<Series> series;
  private final Axis axis;
  private final int end;

  private DistributionPlot(Threshold threshold, List<Series> series) {
    this.threshold = threshold;
    this.series = series;
    var measured =
        series.stream()
            .map(Series::summary)
            .flatMapToDouble(each -> DoubleStream.of(each.min(), each.max()));
    var limits = threshold.bounds().stream().mapToDouble(Bound::limit);
    axis = Axis.covering(DoubleStream.concat(measured, limits), EDGE, WIDTH - EDGE);
    end = TOP + STRIP * series.size();
  }

  static String of(Threshold threshold, List<Series> series) {
    return new DistributionPlot(threshold, series).draw();
  }

  private String draw() {
    var svg = new StringBuilder();
    svg.append(
        fill(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Distribution of %s\">",
            WIDTH, end + BOTTOM, threshold.name()));
    forbidden(svg);
    grid(svg);
    limits(svg);
    for (int i = 0; i < series.size(); i++) {
      strip(svg, series.get(i), TOP + STRIP * i);
    }
    return svg.append("</svg>").toString();
  }

  private void forbidden(StringBuilder svg) {
    var limit = axis.at(threshold.first().limit());
    var from = threshold.lessIsBetter() ? limit : EDGE;
    var to = threshold.lessIsBetter() ? WIDTH - EDGE : limit;
    svg.append(
        fill(
            "<rect class=\"forbidden\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
            from, TOP, to - from, end - TOP));
  }

  private void grid(StringBuilder svg) {
    var ticks = axis.ticks();
    for (double tick : ticks) {
      boolean last = tick == ticks.getLast();
      double x = axis.at(tick);
      svg.append(
          fill(
              "<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
              x, TOP, end));
      svg.append(
          fill(
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
              last ? x + EDGE : x,
              end + 15,
              last ? "end" : "middle",
              last ? Figures.text(tick, threshold.kind()) : Figures.text(tick)));
    }
  }

  private void limits(StringBuilder svg) {
    for (var bound : threshold.bounds()) {
      double x = axis.at(bound.limit());
      svg.append(
          fill(
              "<line class=\"limit\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
              x, TOP - 4, end));
    }
    double x = axis.at(threshold.first().limit());
    boolean left = x > WIDTH / 2.0;
    svg.append(
        fill(
            "<text class=\"limit-text\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
            x + (left ? 6 : -6), TOP - 9, left ? "end" : "start", threshold.boundsText()));
  }

  private void strip(StringBuilder svg, Series one, int top) {
    var summary = one.summary();
    int middle = top + 29;
    svg.append(fill("<g class=\"series c%d\"><title>%s</title>", one.colour(), tooltip(one)));
    svg.append(
        fill(
            "<line class=\"range\" x1=\"%1$.1f\" x2=\"%2$.1f\" y1=\"%3$d\" y2=\"%3$d\"/>",
            axis.at(summary.min()), axis.at(summary.max()), middle));
    band(svg, "most", summary, 5, 95, middle, 5);
    band(svg, "half", summary, 25, 75, middle, 5);
    double median = axis.at(summary.p50());
    svg.append(
        fill(
            "<line class=\"median\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
            median, middle - 7, middle + 7));
    svg.append(
        fill(
            "<circle class=\"held%s\" cx=\"%.1f\" cy=\"%d\" r=\"4.5\"/></g>",
            summary.kept() ? "" : " missed", axis.at(summary.held()), middle));
    texts(svg, one, top);
  }

  private void texts(StringBuilder svg, Series one, int top) {
    var held =
        threshold.first().statistic().text()
            + " "
            + Figures.text(one.summary().held(), threshold.kind());
    svg.append(
        fill(
            "<text class=\"name\" x=\"%d\" y=\"%d\">%s <tspan class=\"figure\">%s</tspan></text>",
            EDGE, top + 14, one.text(), held));
  }

  private void band(
      StringBuilder svg, String style, Summary of, double low, double high, int y, int half) {
    double from = axis.at(of.percentiles().getOrDefault(low, of.min()));
    double to = axis.at(of.percentiles().getOrDefault(high, of.max()));
    svg.append(
        fill(
            "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
            style, from, y - half, Math.max(to - from, 1.5), 2 * half));
  }

  private static String tooltip(Series one) {
    var text = new StringBuilder(one.text());
    one.summary()
        .percentiles()
        .forEach((at, value) ->
            text.append("\np").append(Figures.text(at)).append("  ").append(Figures.text(value)));
    return text.toString();
  }
}
