// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Runs.FLOW;
import static dev.omnibridge.testkit.report.Runs.flowOf;
import static dev.omnibridge.testkit.report.Runs.lost;
import static dev.omnibridge.testkit.report.Runs.millis;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void shouldKnowWhatOnlyTheRunAndWhatOnlyTheBaselineHas() {
    var run = Runs.report("embedded", flowOf(20), lost(0));
    assertThat(run.hasBaseline()).isTrue();
    assertThat(run.withoutBaseline())
        .extracting(row -> row.summary().name())
        .containsOnly("event_loss");
    assertThat(run.absent()).containsExactly(new RunReport.Absent("one process", FLOW));
    assertThat(Runs.report("containers", flowOf(20), lost(0)).hasBaseline()).isFalse();
    assertThat(new Verdict(List.of(run)).sentences())
        .contains(
            "Nothing could be compared with the baseline of embedded.",
            "Without a baseline of embedded, 1 of 1: event_loss (one process).",
            "In the baseline of embedded, but not measured: " + FLOW + " (one process).");
  }

  @Test
  void shouldSayNothingOfABaselineThatHasWhatTheRunHas() {
    var run = Runs.report("embedded", flowOf(20), millis(FLOW, 20));
    assertThat(new Verdict(List.of(run)).sentences())
        .contains("Nothing is worse than the baseline of embedded on this class of machine.")
        .noneMatch(sentence -> sentence.contains("Without a baseline"))
        .noneMatch(sentence -> sentence.contains("In the baseline"));
  }

  @Test
  void shouldNameSomeOfManyTestsThatFailed() {
    var tests = IntStream.rangeClosed(1, 7).mapToObj(each -> "Story" + each + "IT").toList();
    assertThat(new Verdict(List.of(Runs.embedded(lost(0)).withFailed(tests))).sentences())
        .first()
        .isEqualTo(
            "Failed: Story1IT, Story2IT, Story3IT, Story4IT, Story5IT and 2 more (embedded).");
  }
}
