// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.LicenseFinding;
import dev.omnibridge.api.intelligence.v1.OutlineEntry;
import dev.omnibridge.api.intelligence.v1.SensitiveFinding;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How analyses are shown: a row for each file, what is sensitive, and one file in detail. */
record AnalysisView(Session session) {
  private static final double SURE = 0.5;
  private static final int MOST_OUTLINE = 40;

  /**
   * What became of one file.
   *
   * @param partly true when only its first part was sent
   */
  record Item(String path, @Nullable AnalyzeResponse answer, boolean partly, String problem) {
    static Item analysed(String path, AnalyzeResponse answer, boolean partly) {
      return new Item(path, answer, partly, "");
    }

    static Item failed(String path, String problem) {
      return new Item(path, null, false, problem);
    }

    /** Findings of a category that are no placeholder or example. */
    List<SensitiveFinding> sure(String category) {
      return answer == null
          ? List.of()
          : answer.getAnalysis().getSensitiveList().stream()
              .filter(found -> found.getCategory().equals(category))
              .filter(found -> found.getConfidence() >= SURE)
              .toList();
    }

    long secrets() {
      return sure("secret").size();
    }
  }

  void print(List<Item> items) {
    if (session.json()) {
      ObjectNode document = session.object();
      var array = document.putArray("analyses");
      items.forEach(item -> array.add(json(item)));
      session.document(document);
      return;
    }
    var table =
        new Table(session.palette(), "TYPE", "LANGUAGE", ">LINES", "CONFIDENCE", "LICENSE", "PATH");
    items.forEach(item -> row(table, item));
    if (!table.isEmpty()) {
      session.table(table);
    }
    if (items.size() == 1) {
      details(items.getFirst());
    }
    items.forEach(this::sensitive);
    items.forEach(this::remarks);
  }

  private void row(Table table, Item item) {
    AnalyzeResponse answer = item.answer();
    if (answer == null) {
      return;
    }
    Analysis analysis = answer.getAnalysis();
    String licenses =
        analysis.getLicensesList().stream()
            .map(LicenseFinding::getSpdxId)
            .collect(Collectors.joining(", "));
    table.row(
        analysis.getContentType(),
        analysis.getLanguage(),
        Amounts.count(analysis.getTextStatistics().getLines()),
        "%s %s"
            .formatted(
                String.format(Locale.ROOT, "%.2f", analysis.getConfidence().getScore()),
                analysis.getConfidence().getLevel()),
        licenses,
        item.secrets() == 0 ? Cell.of(item.path()) : new Cell(item.path(), session.palette()::red));
  }

  private void details(Item item) {
    AnalyzeResponse answer = item.answer();
    if (answer == null) {
      return;
    }
    Analysis analysis = answer.getAnalysis();
    session.line("tags: " + OneLine.of(String.join(", ", analysis.getTagsList())));
    analysis.getRecommendationsList().forEach(advice -> session.line("- " + OneLine.of(advice)));
    analysis.getOutlineList().stream().limit(MOST_OUTLINE).forEach(this::outline);
    answer
        .getNearDuplicatesList()
        .forEach(near ->
            session.line(
                "near duplicate: %s (%.0f %%)"
                    .formatted(OneLine.of(near.getPath()), 100 * near.getResemblance())));
  }

  private void outline(OutlineEntry entry) {
    session.line(
        "  %s%s %s  %s"
            .formatted(
                "  ".repeat(Math.min(entry.getDepth(), 8)),
                OneLine.of(entry.getKind()),
                OneLine.of(entry.getName()),
                session.palette().dim(entry.getFirstLine() + "-" + entry.getLastLine())));
  }

  private void sensitive(Item item) {
    item.sure("secret").forEach(found -> found(item, found, session.palette().red("secret")));
    item.sure("personal")
        .forEach(found -> found(item, found, session.palette().yellow("personal")));
  }

  private void found(Item item, SensitiveFinding found, String what) {
    session.line(
        "%s  %s:%d  %s  %s"
            .formatted(
                what,
                OneLine.of(item.path()),
                found.getLine(),
                OneLine.of(found.getKind()),
                OneLine.of(found.getExcerpt())));
  }

  private void remarks(Item item) {
    if (!item.problem().isEmpty()) {
      session
          .setting()
          .err()
          .println(session.setting().errorPalette().red("failed: ") + OneLine.of(item.problem()));
    }
    if (item.partly()) {
      session.remark(OneLine.of(item.path() + ": only the first 3 MiB were sent"));
    }
    AnalyzeResponse answer = item.answer();
    if (answer != null) {
      answer
          .getDegradationsList()
          .forEach(what -> session.remark(OneLine.of(item.path() + ": " + what)));
    }
  }

  private ObjectNode json(Item item) {
    ObjectNode object = session.object();
    object.put("path", item.path());
    if (item.answer() == null) {
      return object.put("error", item.problem());
    }
    object.setAll(ProtoJson.of(item.answer()));
    return object.put("partly", item.partly());
  }
}
