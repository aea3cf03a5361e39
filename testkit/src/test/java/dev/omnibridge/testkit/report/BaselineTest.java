// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Change.Verdict.AS_BEFORE;
import static dev.omnibridge.testkit.report.Change.Verdict.BETTER;
import static dev.omnibridge.testkit.report.Change.Verdict.NO_BASELINE;
import static dev.omnibridge.testkit.report.Change.Verdict.WORSE;
import static dev.omnibridge.testkit.report.Runs.FLOW;
import static dev.omnibridge.testkit.report.Runs.flowOf;
import static dev.omnibridge.testkit.report.Runs.lost;
import static dev.omnibridge.testkit.report.Runs.millis;
import static dev.omnibridge.testkit.report.Runs.rate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.Threshold.Statistic;
import dev.omnibridge.testkit.Thresholds.Summary;
import dev.omnibridge.testkit.report.Change.Verdict;
import dev.omnibridge.testkit.report.RunReport.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineTest {
  private static final Place HERE = new Place("embedded", "one process");

  private static Verdict flow(Baseline baseline, double millis) {
    return baseline.compare(HERE, millis(FLOW, millis)).verdict();
  }

  @Test
  void shouldSayThatThereIsNoneForWhatWasNeverMeasuredHere() {
    assertThat(flow(Baseline.empty(), 20)).isEqualTo(NO_BASELINE);
    var elsewhere = new Place("containers", "five processes");
    assertThat(flowOf(20).compare(elsewhere, millis(FLOW, 900)).verdict()).isEqualTo(NO_BASELINE);
  }

  @Test
  void shouldAllowAQuarterOfTheMedianWhereTheRunsAgree() {
    var baseline = flowOf(100, 100, 100);
    assertThat(flow(baseline, 124.8)).isEqualTo(AS_BEFORE);
    assertThat(flow(baseline, 125.5)).isEqualTo(WORSE);
    assertThat(flow(baseline, 75.5)).isEqualTo(AS_BEFORE);
    assertThat(flow(baseline, 74)).isEqualTo(BETTER);
  }

  @Test
  void shouldAllowTwiceAsMuchWhileThereAreFewRuns() {
    assertThat(flow(flowOf(100, 100), 149)).isEqualTo(AS_BEFORE);
    assertThat(flow(flowOf(100, 100), 151)).isEqualTo(WORSE);
  }

  @Test
  void shouldAllowThreeTimesTheSpreadOfTheRuns() {
    // The median is 100, the median of the deviations 20: 3 * 1.4826 * 20 is 89.
    var baseline = flowOf(60, 80, 100, 120, 140);
    assertThat(flow(baseline, 188)).isEqualTo(AS_BEFORE);
    assertThat(flow(baseline, 190)).isEqualTo(WORSE);
  }

  @Test
  void shouldNotMindWhatIsSmallBesideTheLimit() {
    var baseline = flowOf(1, 1, 1);
    assertThat(flow(baseline, 4.9)).isEqualTo(AS_BEFORE);
    assertThat(flow(baseline, 5.1)).isEqualTo(WORSE);
  }

  @Test
  void shouldFindATailThatIsWorseThoughTheMedianIsNot() {
    var usual = IntStream.range(0, 100).mapToDouble(_ -> 20).toArray();
    var tail = usual.clone();
    Arrays.fill(tail, 90, 100, 60);
    var baseline = Baseline.empty().with(Runs.embedded(millis(FLOW, usual)));
    var change = baseline.compare(HERE, millis(FLOW, tail));
    assertThat(change.verdict()).isEqualTo(WORSE);
    assertThat(change.text()).startsWith("WORSE: p95").contains("was 20 ").doesNotContain("p50");
  }

  @Test
  void shouldTakeAHigherRateForBetter() {
    var baseline = Baseline.empty();
    for (int run = 0; run < 3; run++) {
      baseline = baseline.with(Runs.embedded(rate(4000)));
    }
    assertThat(baseline.compare(HERE, rate(2900)).verdict()).isEqualTo(WORSE);
    assertThat(baseline.compare(HERE, rate(3100)).verdict()).isEqualTo(AS_BEFORE);
    assertThat(baseline.compare(HERE, rate(5100)).verdict()).isEqualTo(BETTER);
  }

  @Test
  void shouldTakeLessThanHalfOfTheRateForWorseHoweverMuchTheRunsDiffer() {
    var baseline = Baseline.empty();
    for (double each : new double[] {1100, 2000, 4000, 7000, 9000}) {
      baseline = baseline.with(Runs.embedded(rate(each)));
    }
    assertThat(baseline.compare(HERE, rate(2010)).verdict()).isEqualTo(AS_BEFORE);
    assertThat(baseline.compare(HERE, rate(1990)).verdict()).isEqualTo(WORSE);
    assertThat(baseline.compare(HERE, rate(0)).verdict()).isEqualTo(WORSE);
  }

  @Test
  void shouldTakeAnythingForWorseThanNothing() {
    var baseline = Baseline.empty().with(Runs.embedded(lost(0)));
    assertThat(baseline.compare(HERE, lost(0)).verdict()).isEqualTo(AS_BEFORE);
    assertThat(baseline.compare(HERE, lost(1)).verdict()).isEqualTo(WORSE);
  }

  @Test
  void shouldLetGoOfTheOldestOfMoreThanTenRuns() {
    var baseline = flowOf(IntStream.rangeClosed(1, 12).mapToDouble(each -> each).toArray());
    var p95 = new Baseline.Key(HERE, FLOW, Statistic.P95);
    assertThat(baseline.runs().get(p95)).hasSize(10).startsWith(3.0).endsWith(12.0);
  }

  @Test
  void shouldBeTheSameAfterItWasWrittenDown(@TempDir Path directory) throws Exception {
    var file = BaselineFile.of(directory, Runs.MACHINE);
    assertThat(file.read()).isEqualTo(Baseline.empty());
    var summaries = new Summary[] {millis(FLOW, 20), lost(0), rate(4000)};
    var baseline = Baseline.empty().with(Runs.embedded(summaries)).with(Runs.embedded(summaries));
    file.write(baseline, Runs.MACHINE);
    assertThat(file.read()).isEqualTo(baseline);
    assertThat(file.path()).hasFileName("linux-amd64_genuineintel-6-1_2cpu_16g_host.json");
    assertThat(Files.readAllLines(file.path()))
        .anySatisfy(line -> assertThat(line).contains(FLOW, "\"p95\"", "[20.0,20.0]"));
  }
}
