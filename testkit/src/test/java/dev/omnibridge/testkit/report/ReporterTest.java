// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Runs.FLOW;
import static dev.omnibridge.testkit.report.Runs.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.testkit.Thresholds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReporterTest {
  @TempDir private Path directory;

  private String report(String infrastructure, double millis, String... more) throws Exception {
    return report(infrastructure, millis, List.of(), more);
  }

  private String report(String infrastructure, double millis, List<String> failed, String... more)
      throws Exception {
    var properties = new Properties();
    properties.setProperty("report.directory", directory.resolve("report").toString());
    properties.setProperty("report.history", directory.resolve("history.jsonl").toString());
    properties.setProperty("report.baselines", directory.resolve("baselines").toString());
    for (int i = 0; i < more.length; i += 2) {
      properties.setProperty(more[i], more[i + 1]);
    }
    return new Reporter(ReportSettings.from(properties), Runs.MACHINE)
        .report(
            Runs.NOON,
            "abc123",
            Map.of("infrastructure", infrastructure),
            Runs.inOneProcess(millis(FLOW, millis)),
            failed);
  }

  @Test
  void shouldPutTheRunsOfSeveralInfrastructuresBesideEachOther() throws Exception {
    assertThat(report("embedded", 20))
        .contains("thresholds on embedded, one process", FLOW, "p95 < 400 ms", "kept")
        .contains("\ninfrastructure: embedded\n")
        .contains("No baseline of embedded for this class of machine, linux-amd64");
    report("containers", 30);
    report("embedded", 21);
    var reports = directory.resolve("report");
    assertThat(reports)
        .isDirectoryContaining("glob:**/report-embedded.json")
        .isDirectoryContaining("glob:**/report-embedded.txt")
        .isDirectoryContaining("glob:**/report-containers.json");
    assertThat(reports.resolve("report.html"))
        .content()
        .contains(
            "embedded, one process", "containers, one process", "All 2 figures keep their limits");
    assertThat(directory.resolve("history.jsonl")).content().hasLineCount(3);
  }

  @Test
  void shouldWriteABaselineOnlyWhenAskedAndTellWhatIsWorseThanIt() throws Exception {
    report("embedded", 20);
    assertThat(directory.resolve("baselines")).doesNotExist();
    report("embedded", 20, "report.baseline", "write");
    assertThat(report("embedded", 20)).contains("Nothing is worse than the baseline of embedded");
    assertThat(report("containers", 90)).contains("No baseline of containers");
    assertThat(report("embedded", 90)).contains("WORSE: p50 90 was 20 ", "1 worse than before");
  }

  @Test
  void shouldRefuseABaselineOfARunThatIsNotSound() throws Exception {
    var write = new String[] {"report.baseline", "write"};
    assertThatThrownBy(() -> report("embedded", 500, write))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("The baseline was not written")
        .hasMessageContaining("1 of 1 figures misses its limit");
    assertThatThrownBy(() -> report("embedded", 20, List.of("StoryIT.shouldEnd"), write))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 test failed, all 1 figures keep their limits")
        .hasMessageContaining("Failed: StoryIT.shouldEnd (embedded).");
    assertThat(directory.resolve("baselines")).doesNotExist();
    assertThat(directory.resolve("report")).isDirectoryContaining("glob:**/report-embedded.json");
  }

  @Test
  void shouldFailForARegressionOnlyWhenAsked() throws Exception {
    report("embedded", 20, "report.baseline", "write");
    assertThatCode(() -> report("embedded", 90)).doesNotThrowAnyException();
    assertThatThrownBy(() -> report("embedded", 90, "report.regressions", "fail"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("WORSE: p50");
    assertThat(directory.resolve("history.jsonl")).content().hasLineCount(3);
  }

  @Test
  void shouldWriteNothingWhenNothingWasMeasured() throws Exception {
    Reporter.report(Map.of("one process", new Thresholds()), Map.of(), List.of("StoryIT"));
    assertThat(Path.of("target", "report")).doesNotExist();
  }

  @Test
  void shouldRefuseSettingsThatMeanNothing() {
    for (var wrong :
        new String[][] {
          {"report.baseline", "yes"}, {"report.regressions", "no"}, {"report.history.runs", "0"}
        }) {
      assertThatThrownBy(() -> report("embedded", 1, wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(wrong[0] + "=" + wrong[1]);
    }
  }
}
