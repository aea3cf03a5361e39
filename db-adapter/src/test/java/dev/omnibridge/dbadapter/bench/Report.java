// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A benchmark's figures as {@code target/benchmarks/<name>.json}, its curves as one HTML file of
 * the same name that needs nothing else.
 */
public final class Report {
  private static final Path FOLDER = Path.of("target", "benchmarks");
  private static final int WIDTH = 760;
  private static final int HEIGHT = 260;
  private static final int MARGIN = 60;

  /** A curve; x and y in the units of its plot. */
  public record Curve(String name, List<double[]> points) {}

  private record Plot(String title, String x, String y, List<Curve> curves) {}

  private final String name;
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private final List<Plot> plots = new ArrayList<>();

  public Report(String name) {
    this.name = name;
    figures.put("processors", Runtime.getRuntime().availableProcessors());
    figures.put("java", System.getProperty("java.vm.version", ""));
    figures.put("system", System.getProperty("os.version", ""));
  }

  /** Notes a figure, and prints it. */
  public void put(String figure, Object value) {
    figures.put(figure, value);
    System.out.println(figure + ": " + value);
  }

  /** Notes a distribution of nanoseconds in milliseconds, and plots it. */
  public void put(String figure, Histogram nanos) {
    var summary = new LinkedHashMap<String, Object>();
    summary.put("count", nanos.getTotalCount());
    for (double percentile : new double[] {50, 90, 95, 99, 99.9}) {
      summary.put("p" + percentile, millis(nanos.getValueAtPercentile(percentile)));
    }
    summary.put("max", millis(nanos.getMaxValue()));
    put(figure, summary);
    var points = new ArrayList<double[]>();
    for (double p = 1; p < 99.95; p += p < 99 ? 1 : 0.1) {
      points.add(new double[] {p, nanos.getValueAtPercentile(p) / 1e6});
    }
    plot(figure, "percentile", "ms", List.of(new Curve(figure, points)));
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e4) / 100.0;
  }

  public void plot(String title, String x, String y, List<Curve> curves) {
    plots.add(new Plot(title, x, y, curves));
  }

  public void write() throws IOException {
    Files.createDirectories(FOLDER);
    var json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(FOLDER.resolve(name + ".json"), json.writeValueAsString(figures));
    var page = new StringBuilder("<!doctype html><meta charset=utf-8><title>" + name + "</title>");
    page.append("<style>body{font:14px sans-serif}polyline{fill:none;stroke-width:1.5}</style>");
    plots.forEach(plot -> page.append(svg(plot)));
    page.append("<pre>").append(json.writeValueAsString(figures)).append("</pre>");
    Files.writeString(FOLDER.resolve(name + ".html"), page);
  }

  private static String svg(Plot plot) {
    double right = most(plot, 0);
    double top = most(plot, 1);
    var svg = new StringBuilder();
    svg.append("<h3>%s</h3><svg width=%d height=%d>".formatted(plot.title(), WIDTH, HEIGHT));
    for (int i = 0; i <= 4; i++) {
      double y = HEIGHT - MARGIN + (2.0 * MARGIN - HEIGHT) * i / 4;
      double x = MARGIN + (WIDTH - 2.0 * MARGIN) * i / 4;
      svg.append(
          "<line x1=%d x2=%d y1=%.0f y2=%.0f stroke=#ddd />"
              .formatted(MARGIN, WIDTH - MARGIN, y, y));
      svg.append("<text x=4 y=%.0f>%s</text>".formatted(y, number(top * i / 4)));
      svg.append("<text x=%.0f y=%d>%s</text>".formatted(x, HEIGHT - 40, number(right * i / 4)));
    }
    svg.append("<text x=%d y=%d>%s</text>".formatted(WIDTH / 2, HEIGHT - 20, plot.x()));
    svg.append("<text x=4 y=20>%s</text>".formatted(plot.y()));
    for (int i = 0; i < plot.curves().size(); i++) {
      svg.append("<polyline stroke=hsl(%d,70%%,40%%) points=\"".formatted(i * 97 % 360));
      for (double[] point : plot.curves().get(i).points()) {
        svg.append(
            String.format(
                Locale.ROOT,
                "%.1f,%.1f ",
                MARGIN + (WIDTH - 2.0 * MARGIN) * point[0] / right,
                HEIGHT - MARGIN + (2.0 * MARGIN - HEIGHT) * point[1] / top));
      }
      svg.append("\"><title>").append(plot.curves().get(i).name()).append("</title></polyline>");
    }
    return svg.append("</svg>").toString();
  }

  private static double most(Plot plot, int axis) {
    return plot.curves().stream()
        .flatMap(curve -> curve.points().stream())
        .mapToDouble(point -> point[axis])
        .max()
        .orElse(1);
  }

  private static String number(double value) {
    return value >= 100 ? "%,.0f".formatted(value) : "%.1f".formatted(value);
  }
}
