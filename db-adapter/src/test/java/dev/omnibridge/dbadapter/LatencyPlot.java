// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/** Latencies by percentile, as JSON and as a picture that needs nothing else. */
record LatencyPlot(String title, Histogram nanos) {
  private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100};
  private static final int WIDTH = 760;
  private static final int HEIGHT = 360;
  private static final int LEFT = 70;
  private static final int BOTTOM = 300;
  private static final int TOP = 50;

  String json(Map<String, Long> settings) {
    String shown =
        settings.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(setting -> "\"%s\": %d".formatted(setting.getKey(), setting.getValue()))
            .collect(Collectors.joining(", "));
    String points =
        DoubleStream.of(PERCENTILES)
            .mapToObj(p -> "{\"percentile\": %s, \"millis\": %.3f}".formatted(p, millis(p)))
            .collect(Collectors.joining(",\n    "));
    return """
    {
      "what": "%s",
      "settings": {%s},
      "count": %d,
      "latency": [
        %s
      ]
    }
    """
        .formatted(title, shown, nanos.getTotalCount(), points);
  }

  private double millis(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }

  /** Percentiles by their nines to the right, milliseconds upwards. */
  String svg() {
    double most = Math.max(10, millis(100));
    var marks = new StringBuilder();
    var line = new StringBuilder();
    for (int i = 0; i < PERCENTILES.length; i++) {
      double x = LEFT + i * (WIDTH - LEFT - 30.0) / (PERCENTILES.length - 1);
      double y = BOTTOM - millis(PERCENTILES[i]) / most * (BOTTOM - TOP);
      line.append("%.1f,%.1f ".formatted(x, y));
      marks.append(text(x, BOTTOM + 20, "p" + PERCENTILES[i]));
      marks.append(text(x, y - 8, "%.2f".formatted(millis(PERCENTILES[i]))));
    }
    double limit = BOTTOM - 10 / most * (BOTTOM - TOP);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">
    <rect width="100%%" height="100%%" fill="white"/>
    <text x="%d" y="24" font-size="14">%s (ms, %d calls)</text>
    <line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#c00" stroke-dasharray="4"/>
    %s
    <polyline fill="none" stroke="#06c" stroke-width="2" points="%s"/>
    %s</svg>
    """
        .formatted(
            WIDTH,
            HEIGHT,
            LEFT,
            title,
            nanos.getTotalCount(),
            LEFT,
            limit,
            WIDTH - 30,
            limit,
            text(LEFT - 30, limit, "10 ms"),
            line,
            marks);
  }

  private static String text(double x, double y, String text) {
    return String.format(
        Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>%n", x, y, text);
  }
}
