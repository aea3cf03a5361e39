// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Runs.FLOW;
import static dev.omnibridge.testkit.report.Runs.lost;
import static dev.omnibridge.testkit.report.Runs.millis;
import static dev.omnibridge.testkit.report.Runs.rate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  @Test
  void shouldBeTheSameReportWhenItIsReadAgain() {
    var report =
        Runs.report("embedded", Runs.flowOf(5, 6, 7), millis(FLOW, 20, 21), lost(1), rate(1200));
    assertThat(ReportJson.read(ReportJson.write(report).toString())).isEqualTo(report);
    var failed =
        Runs.report("embedded", Runs.flowOf(5), lost(1)).withFailed(List.of("StoryIT.shouldEnd"));
    assertThat(failed.absent()).isNotEmpty();
    assertThat(ReportJson.read(ReportJson.write(failed).toString())).isEqualTo(failed);
  }

  @Test
  void shouldReadWhatWasWrittenBeforeFailuresWereTold() {
    var report = Runs.embedded(lost(0));
    var node = ReportJson.write(report);
    node.remove(List.of("failed", "not_measured", "absent"));
    assertThat(ReportJson.read(node.toString())).isEqualTo(report);
  }

  @Test
  void shouldTellWhichTestsFailedAndWhatWasNotMeasured() {
    var report = Runs.report("embedded", Runs.flowOf(5), lost(0)).withFailed(List.of("StoryIT"));
    var json = ReportJson.write(report);
    assertThat(json.path("failed").path(0).textValue()).isEqualTo("StoryIT");
    assertThat(json.path("not_measured").path(0).textValue()).isEqualTo(FLOW);
    assertThat(json.path("absent").path(0).path("name").textValue()).isEqualTo(FLOW);
  }

  @Test
  void shouldTellWhatAProgramWouldAskFor() {
    var report = Runs.report("embedded", Runs.flowOf(5), millis(FLOW, 20, 500), lost(1));
    var json = ReportJson.write(report);
    assertThat(json.path("format").intValue()).isEqualTo(1);
    assertThat(json.path("at").textValue()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(json.path("revision").textValue()).isEqualTo("abc123");
    assertThat(json.path("kept").booleanValue()).isFalse();
    assertThat(json.path("regressed").intValue()).isEqualTo(1);
    assertThat(json.path("machine").path("class").textValue()).contains("_2cpu_16g_");
    assertThat(json.path("labels").path("infrastructure").textValue()).isEqualTo("embedded");
    var flow = json.path("thresholds").path(0);
    assertThat(flow.properties().stream().map(property -> property.getKey()))
        .containsExactly(
            "deployment",
            "name",
            "kind",
            "unit",
            "count",
            "average",
            "min",
            "p50",
            "p95",
            "p99",
            "max",
            "limit",
            "statistic",
            "kept",
            "used",
            "bounds",
            "percentiles",
            "baseline");
    assertThat(flow.path("limit").doubleValue()).isEqualTo(400);
    assertThat(flow.path("statistic").textValue()).isEqualTo("p95");
    assertThat(flow.path("bounds").path(0).path("value").doubleValue()).isEqualTo(500);
    assertThat(flow.path("percentiles").path("100.0").doubleValue()).isEqualTo(500);
    assertThat(flow.path("baseline").path("verdict").textValue()).isEqualTo("worse");
    assertThat(json.path("thresholds").path(1).has("used")).as("of a limit of nothing").isFalse();
  }

  @Test
  void shouldPassOverAThresholdThatIsNoMoreKnown() {
    var text = ReportJson.write(Runs.embedded(millis(FLOW, 20), lost(0))).toString();
    var older = ReportJson.read(text.replace(FLOW, "forgotten_ms"));
    assertThat(older.rows()).hasSize(1);
  }

  @Test
  void shouldRefuseWhatIsNoReport() {
    var report = ReportJson.write(Runs.embedded(lost(0))).toString();
    var noTime = report.replace("2026-03-01T12:00:00Z", "noon");
    var noName = report.replace("\"embedded\"", "null");
    for (var text :
        new String[] {"", "[]", "{\"format\":1}", "{\"format\":2}", "{", "null", noTime, noName}) {
      assertThatThrownBy(() -> ReportJson.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
