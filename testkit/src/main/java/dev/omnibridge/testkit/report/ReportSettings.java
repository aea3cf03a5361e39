// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;

/**
 * Where reports go and what is done with a baseline, by system properties: {@code report.directory}
 * (target/report), {@code report.history} (.history/thresholds.jsonl), {@code report.history.runs}
 * (200), {@code report.baselines} (baselines, a directory), {@code report.baseline} ({@code read},
 * or {@code write} to add this run to it) and {@code report.regressions} ({@code tell}, or {@code
 * fail} to end the run of tests in failure when a figure is worse than its baseline).
 */
record ReportSettings(
    Path directory, Path history, int runs, Path baselines, OnBaseline baseline, OnWorse worse) {

  /** Whether this run is held against the baseline only, or goes into it as well. */
  enum OnBaseline {
    READ,
    WRITE
  }

  /** What a regression does. */
  enum OnWorse {
    TELL,
    FAIL
  }

  static ReportSettings from(Properties properties) {
    return new ReportSettings(
        Path.of(properties.getProperty("report.directory", "target/report")),
        Path.of(properties.getProperty("report.history", ".history/thresholds.jsonl")),
        runs(properties.getProperty("report.history.runs", "200")),
        Path.of(properties.getProperty("report.baselines", "baselines")),
        one(OnBaseline.class, "report.baseline", properties.getProperty("report.baseline", "read")),
        one(
            OnWorse.class,
            "report.regressions",
            properties.getProperty("report.regressions", "tell")));
  }

  private static int runs(String text) {
    int runs = Integer.parseInt(text);
    if (runs < 1) {
      throw new IllegalArgumentException("report.history.runs=" + text + " is not at least 1");
    }
    return runs;
  }

  private static <E extends Enum<E>> E one(Class<E> of, String name, String text) {
    try {
      return Enum.valueOf(of, text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException(
          "%s=%s is none of %s".formatted(name, text, Arrays.toString(of.getEnumConstants())),
          unknown);
    }
  }
}
