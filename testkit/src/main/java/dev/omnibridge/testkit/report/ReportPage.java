// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Html.fill;

import dev.omnibridge.testkit.Figures;
import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.report.Html.Markup;
import dev.omnibridge.testkit.report.RunReport.Place;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The reports of one or several infrastructures as one page of HTML that needs no other file,
 * script or font, for light and dark screens and for paper.
 */
final class ReportPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int COLOURS = 6;

  private final List<RunReport> reports;
  private final List<RunReport> history;
  private final String revision;
  private final List<Place> places;

  /**
   * The reports stand in the order given; those of another revision are shown as earlier ones, and
   * the verdict is without them. The history is of one class of machine, oldest first.
   */
  ReportPage(List<RunReport> reports, List<RunReport> history, String revision) {
    this.reports = List.copyOf(reports);
    this.history = List.copyOf(history);
    this.revision = revision;
    places =
        reports.stream()
            .flatMap(report -> report.rows().stream().map(report::place))
            .distinct()
            .sorted()
            .toList();
  }

  private boolean isEarlier(RunReport report) {
    return !report.revision().equals(revision);
  }

  private Verdict verdict() {
    return new Verdict(reports.stream().filter(report -> !isEarlier(report)).toList());
  }

  String html(String style) {
    return fill(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Omnibridge thresholds: %s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s%s%s%s</main>
        </body>
        </html>
        """,
        verdict().headline(),
        new Markup(style),
        new Markup(banner()),
        new Markup(runs()),
        new Markup(overview()),
        new Markup(details()));
  }

  private String banner() {
    var verdict = verdict();
    return fill(
        """
        <header class="banner %s">
        <p class="suite">Omnibridge, thresholds of the end-to-end suite</p>
        <h1><span class="sign" aria-hidden="true">%s</span>%s</h1>
        %s</header>
        """,
        verdict.style(),
        verdict.sign(),
        verdict.headline(),
        new Markup(
            verdict.sentences().stream()
                .map(sentence -> fill("<p>%s</p>\n", sentence))
                .collect(Collectors.joining())));
  }

  private String runs() {
    var rows = reports.stream().map(this::run).collect(Collectors.joining());
    return fill(
        """
        <section>
        <h2>Runs</h2>
        <div class="wide"><table class="runs">
        <thead><tr><th>Infrastructure</th><th>Ended (UTC)</th><th>Revision</th><th>Kept</th>\
        <th class="n">Tests failed</th><th>Circumstances</th><th>Machine</th></tr></thead>
        <tbody>
        %s</tbody>
        </table></div>
        </section>
        """,
        new Markup(rows));
  }

  private String run(RunReport report) {
    var others =
        report.labels().entrySet().stream()
            .filter(label -> !label.getValue().equals(report.infrastructure()))
            .map(label -> label.getKey() + ": " + label.getValue())
            .collect(Collectors.joining("; "));
    return fill(
        "<tr><td>%s</td><td>%s</td><td><code>%s</code>%s</td><td>%d of %d</td>"
            + "<td class=\"n\">%d</td><td class=\"free\">%s</td>"
            + "<td class=\"free\" title=\"%s\">%s</td></tr>\n",
        report.infrastructure(),
        TIME.format(report.at()),
        report.revision().isEmpty() ? "not known" : report.revision(),
        isEarlier(report) ? ", earlier" : "",
        report.rows().size() - report.missed().size(),
        report.rows().size(),
        report.failed().size(),
        others.isEmpty() ? "-" : others,
        report.machine().className(),
        report.machine().text());
  }

  private String overview() {
    var groups = new StringBuilder();
    for (var threshold : Threshold.all()) {
      var series = series(threshold);
      for (int i = 0; i < series.size(); i++) {
        groups.append(row(series.get(i), i == 0 ? series.size() : 0));
      }
    }
    return fill(
        """
        <section>
        <h2>At a glance</h2>
        <div class="wide"><table class="overview">
        <thead><tr><th>Threshold</th><th>Measured on</th><th></th><th class="n">It is</th>\
        <th>It has to be</th><th>Used of the limit</th><th>Baseline</th></tr></thead>
        <tbody>
        %s</tbody>
        </table></div>
        </section>
        """,
        new Markup(groups.toString()));
  }

  private String row(Series one, int spanned) {
    var summary = one.summary();
    var threshold = summary.threshold();
    var change = one.row().change();
    var first =
        spanned == 0
            ? ""
            : fill(
                "<th scope=\"rowgroup\" rowspan=\"%d\">%s<br><code>%s</code></th>",
                spanned, threshold.meaning(), threshold.name());
    return fill(
        "<tr%s>%s<td><i class=\"key c%d\"></i>%s</td><td>%s</td><td class=\"n strong\">%s</td>"
            + "<td class=\"muted\">%s</td><td>%s</td><td class=\"%s\" title=\"%s\">%s</td></tr>\n",
        new Markup(spanned == 0 ? "" : " class=\"first\""),
        new Markup(first),
        one.colour(),
        one.text(),
        new Markup(sign(summary.kept())),
        Figures.text(summary.held(), threshold.kind()),
        threshold.boundsText(),
        new Markup(bar(summary.used(), summary.kept())),
        change.isWorse() ? "worse" : "muted",
        change.text(),
        change.brief());
  }

  private static String sign(boolean kept) {
    return kept
        ? "<span class=\"sign kept\" title=\"kept\">&#10003;</span>"
        : "<span class=\"sign missed\" title=\"missed\">&#10007;</span>";
  }

  private static String bar(double used, boolean kept) {
    return fill(
        "<span class=\"used\"><span class=\"bar\"><span class=\"%s\" style=\"width:%.1f%%\"></span>"
            + "</span><span class=\"percent\">%s</span></span>",
        kept ? "kept" : "missed", 100 * Math.clamp(used, 0, 1), Figures.percent(used));
  }

  private List<Series> series(Threshold threshold) {
    var series = new ArrayList<Series>();
    for (int i = 0; i < places.size(); i++) {
      for (var report : reports) {
        int colour = i % COLOURS;
        var place = places.get(i);
        report
            .row(place, threshold.name())
            .ifPresent(row -> series.add(new Series(place, colour, isEarlier(report), row)));
      }
    }
    return series;
  }

  private String details() {
    var cards =
        Threshold.all().stream()
            .filter(threshold -> series(threshold).stream().anyMatch(this::isPlotted))
            .map(this::card)
            .collect(Collectors.joining());
    return fill(
        """
        <section>
        <h2>Distributions and history</h2>
        <p class="note">On the left, all measurements of the latest run: from the least to the most,
        a light band from the 5th to the 95th percentile, a dark one for the middle half, a tick at
        the median, a ring at the figure that has to keep the limit. On the right, that figure in the
        last runs on this class of machine; the band is the baseline with its margin. Scales are
        logarithmic; the shaded side is the one beyond the limit.</p>
        %s</section>
        """,
        new Markup(cards));
  }

  /** Where nothing was lost there is nothing to draw. */
  private boolean isPlotted(Series one) {
    return one.summary().max() > 0;
  }

  private String card(Threshold threshold) {
    var series = series(threshold);
    return fill(
        """
        <article>
        <h3>%s <code>%s</code></h3>
        <div class="plots">
        <figure>%s</figure>
        <figure>%s</figure>
        </div>
        <div class="narrow"><table class="figures">
        <thead><tr><th>%s</th><th class="n">Count</th><th class="n">Average</th>\
        <th class="n">Min</th><th class="n">p50</th><th class="n">p95</th><th class="n">p99</th>\
        <th class="n">Max</th></tr></thead>
        <tbody>
        %s</tbody>
        </table></div>
        %s</article>
        """,
        threshold.meaning(),
        threshold.name(),
        new Markup(DistributionPlot.of(threshold, series)),
        new Markup(HistoryPlot.of(threshold, series, history)),
        threshold.kind().unit().isEmpty() ? "" : "in " + threshold.kind().unit(),
        new Markup(series.stream().map(ReportPage::figures).collect(Collectors.joining())),
        new Markup(series.stream().map(ReportPage::worse).collect(Collectors.joining())));
  }

  private static String worse(Series one) {
    var change = one.row().change();
    return change.isWorse()
        ? fill("<p class=\"worse\">%s: %s</p>\n", one.text(), change.text())
        : "";
  }

  private static String figures(Series one) {
    var summary = one.summary();
    var cells =
        DoubleStream.of(
                summary.average(),
                summary.min(),
                summary.p50(),
                summary.p95(),
                summary.p99(),
                summary.max())
            .mapToObj(value -> fill("<td class=\"n\">%s</td>", Figures.text(value)))
            .collect(Collectors.joining());
    return fill(
        "<tr><td><i class=\"key c%d\"></i>%s</td><td class=\"n\">%s</td>%s</tr>\n",
        one.colour(), one.text(), Figures.text(summary.count()), new Markup(cells));
  }
}
