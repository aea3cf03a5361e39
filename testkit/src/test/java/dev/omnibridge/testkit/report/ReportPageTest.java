// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Runs.FLOW;
import static dev.omnibridge.testkit.report.Runs.lost;
import static dev.omnibridge.testkit.report.Runs.millis;
import static dev.omnibridge.testkit.report.Runs.rate;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportPageTest {
  private static String page(RunReport... reports) throws Exception {
    return new ReportPage(List.of(reports), List.of(reports), reports[0].revision())
        .html(Reporter.style());
  }

  @Test
  void shouldNeedNothingBesideIt() throws Exception {
    var page = page(Runs.embedded(millis(FLOW, 20), lost(0), rate(2000)));
    assertThat(page)
        .doesNotContainIgnoringCase("<script", "<link", "<iframe", "<img", "@import", "url(")
        .doesNotContainPattern("(?i)(src|href|action)\\s*=")
        .doesNotContainPattern("https?:");
  }

  @Test
  void shouldEscapeWhatItIsTold() throws Exception {
    var labels = Map.of("infrastructure", "<b>\"'&", "note", "<script>alert(1)</script>");
    var measured = Runs.inOneProcess(millis(FLOW, 20));
    var report =
        RunReport.of(Runs.NOON, "<i>dirty", Runs.MACHINE, labels, measured, Baseline.empty());
    assertThat(page(report))
        .contains("&lt;b&gt;&quot;&#39;&amp;", "&lt;script&gt;", "&lt;i&gt;dirty")
        .contains("A &lt;fast&gt; processor")
        .doesNotContain("<b>", "<script", "<i>dirty", "<fast>");
  }

  @Test
  void shouldDrawWhatCanBeParsed() throws Exception {
    var page =
        page(
            Runs.report("embedded", Runs.flowOf(5, 6, 7), millis(FLOW, 20, 21), rate(1200)),
            Runs.report("<containers>", Runs.flowOf(5), millis(FLOW, 0), lost(2)));
    var drawings =
        Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page).results().toList();
    assertThat(drawings).as("two plots for each of three thresholds").hasSize(6);
    for (var drawing : drawings) {
      var document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(drawing.group())));
      assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(drawing.group()).doesNotContain("NaN", "Infinity");
    }
  }

  @Test
  void shouldSayAtTheTopWhetherEverythingIsKeptAndByHowMuch() throws Exception {
    var kept = page(Runs.embedded(millis(FLOW, 100), lost(0)));
    assertThat(kept)
        .contains(
            "banner kept",
            "All 2 figures keep their limits",
            "which uses 25 % of it",
            "No baseline of embedded");
    var missed = page(Runs.embedded(millis(FLOW, 500), lost(0)));
    assertThat(missed).contains("banner missed", "1 of 2 figures misses its limit", "p95 500 ms");
    var worse = page(Runs.report("embedded", Runs.flowOf(5, 5, 5), millis(FLOW, 100)));
    assertThat(worse).contains("banner worse", "1 worse than before", "+1900 %");
  }

  @Test
  void shouldSayAtTheTopThatTestsFailedThoughLimitsAreKept() throws Exception {
    var tests = List.of("StoryIT.shouldEnd", "StoryIT.shouldBegin", "StoryIT.shouldEnd");
    assertThat(page(Runs.embedded(millis(FLOW, 100), lost(0)).withFailed(tests)))
        .contains(
            "banner missed",
            "3 tests failed, all 2 figures keep their limits, 14 of 16 thresholds not measured",
            "Failed: StoryIT.shouldBegin, StoryIT.shouldEnd (embedded).");
    assertThat(page(Runs.embedded().withFailed(tests)))
        .contains("banner missed", "3 tests failed, nothing was measured");
  }

  @Test
  void shouldShowRunsOfAnotherRevisionAsEarlierAndLeaveThemOutOfTheVerdict() throws Exception {
    var now = Runs.embedded(millis(FLOW, 20));
    var then =
        RunReport.of(
            Runs.NOON.minusSeconds(3600),
            "def456",
            Runs.MACHINE,
            Map.of("infrastructure", "containers"),
            Runs.inOneProcess(millis(FLOW, 500)),
            Baseline.empty());
    assertThat(page(now, then))
        .contains(
            "banner kept",
            "All 1 figures keep their limits",
            "<code>def456</code>, earlier",
            "containers, one process (earlier)")
        .doesNotContain("No baseline of containers");
  }

  @Test
  void shouldShowInfrastructuresBesideEachOtherAndNameWhatWasNotMeasured() throws Exception {
    var page =
        page(
            Runs.embedded(millis(FLOW, 20)),
            Runs.report("containers", Baseline.empty(), millis(FLOW, 40)));
    assertThat(page)
        .contains("rowspan=\"2\"", "embedded, one process", "containers, one process")
        .contains("Not measured: hash_generation_ms");
  }

  @Test
  void shouldPutPowersOfTenOnAnAxisAndWhatIsNothingAtItsEnd() {
    var axis = Axis.covering(DoubleStream.of(0, 0.02, 400), 0, 500);
    assertThat(axis.ticks()).containsExactly(0.01, 0.1, 1.0, 10.0, 100.0, 1000.0);
    assertThat(axis.at(1)).isEqualTo(200);
    assertThat(axis.at(0)).isZero();
    assertThat(axis.at(5000)).isEqualTo(500);
  }
}
