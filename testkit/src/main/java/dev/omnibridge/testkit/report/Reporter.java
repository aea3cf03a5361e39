// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Thresholds;
import dev.omnibridge.testkit.Thresholds.Summary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what was measured. Into one directory go {@code report-INFRASTRUCTURE.json} and {@code
 * .txt} of this run, and {@code report.html}, which shows every run whose JSON lies there beside
 * the others; the history gets one more line. Nothing is written when nothing was measured, unless
 * tests failed on an infrastructure that has a name.
 */
public final class Reporter {
  private static final Logger log = LoggerFactory.getLogger(Reporter.class);
  private static final String PREFIX = "report-";

  private final ReportSettings settings;
  private final Machine machine;

  Reporter(ReportSettings settings, Machine machine) {
    this.settings = settings;
    this.machine = machine;
  }

  /**
   * Tells as the system properties say; fails when they say so and a figure is worse, or when they
   * ask for a baseline of a run that is not sound.
   */
  public static void report(
      Map<String, Thresholds> measured, Map<String, String> labels, List<String> failed)
      throws IOException {
    var rows = summaries(measured);
    if (rows.isEmpty() && (failed.isEmpty() || !labels.containsKey(RunReport.INFRASTRUCTURE))) {
      return;
    }
    var reporter = new Reporter(ReportSettings.from(System.getProperties()), Machine.here());
    System.out.print(
        reporter.report(
            Instant.now().truncatedTo(ChronoUnit.SECONDS), Revision.here(), labels, rows, failed));
  }

  private static SortedMap<String, List<Summary>> summaries(Map<String, Thresholds> measured) {
    var rows = new TreeMap<String, List<Summary>>();
    measured.forEach((deployment, thresholds) -> rows.put(deployment, thresholds.summaries()));
    rows.values().removeIf(List::isEmpty);
    return rows;
  }

  /** Answers with the table. */
  String report(
      Instant at,
      String revision,
      Map<String, String> labels,
      SortedMap<String, List<Summary>> measured,
      List<String> failed)
      throws IOException {
    var file = BaselineFile.of(settings.baselines(), machine);
    var baseline = file.read();
    var report = RunReport.of(at, revision, machine, labels, measured, baseline).withFailed(failed);
    boolean isAsked = settings.baseline() == ReportSettings.OnBaseline.WRITE;
    if (isAsked && report.isSound()) {
      file.write(baseline.with(report), machine);
    }
    var history = new History(settings.history(), settings.runs()).append(report);
    var text = ReportText.of(report);
    write(report, text);
    writePage(history, revision);
    if (isAsked && !report.isSound()) {
      throw new AssertionError(
          "The baseline was not written, for tests failed or limits were missed:\n" + text);
    }
    if (settings.worse() == ReportSettings.OnWorse.FAIL && !report.regressed().isEmpty()) {
      throw new AssertionError("Figures are worse than their baseline:\n" + text);
    }
    return text;
  }

  private void write(RunReport report, String text) throws IOException {
    Files.createDirectories(settings.directory());
    var name = PREFIX + report.infrastructure().replaceAll("[^A-Za-z0-9-]+", "-");
    Files.writeString(
        settings.directory().resolve(name + ".json"),
        ReportJson.write(report).toPrettyString() + "\n");
    Files.writeString(settings.directory().resolve(name + ".txt"), text);
  }

  private void writePage(List<RunReport> history, String revision) throws IOException {
    var ofThisClass =
        history.stream()
            .filter(run -> run.machine().className().equals(machine.className()))
            .toList();
    var page = new ReportPage(written(), ofThisClass, revision).html(style());
    Files.writeString(settings.directory().resolve("report.html"), page);
  }

  private List<RunReport> written() throws IOException {
    var reports = new ArrayList<RunReport>();
    try (var files = Files.newDirectoryStream(settings.directory(), PREFIX + "*.json")) {
      for (var file : files) {
        read(file, reports);
      }
    }
    reports.sort((a, b) -> a.infrastructure().compareTo(b.infrastructure()));
    return reports;
  }

  private static void read(Path file, List<RunReport> into) throws IOException {
    try {
      into.add(ReportJson.read(Files.readString(file)));
    } catch (IllegalArgumentException unreadable) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", unreadable.getMessage())
          .log("a file beside the report is no report");
    }
  }

  static String style() throws IOException {
    try (InputStream style = Reporter.class.getResourceAsStream("report.css")) {
      return new String(
          Objects.requireNonNull(style, "report.css").readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
