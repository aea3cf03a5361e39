// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.cli.Outcome.Failed;
import dev.omnibridge.bridge.cli.Outcome.Hashed;
import dev.omnibridge.bridge.cli.Outcome.Stamped;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.FileProgress;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** How the outcomes of stamping are shown, one after the other as they come. */
final class StampView implements AutoCloseable {
  private final Setting setting;
  private final boolean json;
  private final FileProgress progress;
  private final Listing listing;
  private final Map<String, Long> counts = new TreeMap<>();
  private boolean headed;

  StampView(Setting setting, boolean json, FileProgress progress) {
    this.setting = setting;
    this.json = json;
    this.progress = progress;
    this.listing = new Listing(setting, "stamps");
  }

  /** The next outcome. */
  void show(Outcome outcome) {
    counts.merge(outcome.kind(), 1L, Long::sum);
    if (json) {
      listing.add(document(outcome));
      return;
    }
    progress.clear();
    switch (outcome) {
      case Stamped stamped ->
          row(
              stamped.stamp().getFileHash(),
              stamped,
              stamped.news(),
              stamped.existed() ? UnaryOperator.identity() : setting.palette()::green);
      case Hashed hashed ->
          row(hashed.digests().fileHash().hex(), hashed, "-", UnaryOperator.identity());
      case Failed failed ->
          setting
              .err()
              .println(setting.errorPalette().red("failed: ") + OneLine.of(failed.problem()));
    }
  }

  private void row(String hash, Outcome outcome, String news, UnaryOperator<String> paint) {
    if (!headed) {
      String heads = "FILE HASH" + " ".repeat(55) + padLeft("SIZE") + "  STAMP        PATH";
      setting.out().println(setting.palette().bold(heads));
      headed = true;
    }
    String padded = news + " ".repeat(Math.max(0, 11 - news.length()));
    // Not flushed line by line, which would cost more than the hashing of small files.
    setting
        .out()
        .print(
            OneLine.of(hash)
                + padLeft(Amounts.bytes(outcome.size()))
                + "  "
                + paint.apply(padded)
                + "  "
                + OneLine.of(outcome.path())
                + note(outcome)
                + "\n");
    if (setting.outIsTerminal()) {
      setting.out().flush();
    }
  }

  private static String note(Outcome outcome) {
    return outcome instanceof Stamped stamped && !stamped.note().isEmpty()
        ? " (%s)".formatted(OneLine.of(stamped.note()))
        : "";
  }

  private static String padLeft(String text) {
    return " ".repeat(Math.max(2, 12 - text.length())) + text;
  }

  private static ObjectNode document(Outcome outcome) {
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("path", outcome.path());
    switch (outcome) {
      case Stamped stamped -> {
        object.put("existed", stamped.existed());
        if (!stamped.written().isEmpty()) {
          object.put("written", stamped.written());
        }
        if (!stamped.note().isEmpty()) {
          object.put("note", stamped.note());
        }
        object.set("stamp", ProtoJson.of(stamped.stamp()));
      }
      case Hashed hashed ->
          object
              .put("fileHash", hashed.digests().fileHash().hex())
              .put("contentHash", hashed.digests().contentHash().hex())
              .put("size", hashed.digests().size())
              .put("text", hashed.digests().text());
      case Failed failed -> object.put("error", failed.problem()).put("reason", failed.reason());
    }
    return object;
  }

  /** What it comes to; true when nothing failed. */
  boolean end() {
    setting.out().flush();
    progress.clear();
    long failed = counts.getOrDefault("failed", 0L);
    if (json) {
      ObjectNode summary = JsonNodeFactory.instance.objectNode();
      counts.forEach(summary::put);
      listing.end("summary", summary);
    } else {
      String what =
          counts.entrySet().stream()
              .map(count -> Amounts.count(count.getValue()) + " " + count.getKey())
              .collect(Collectors.joining(", "));
      setting.err().println(setting.errorPalette().dim(progress.summary() + ": " + what));
    }
    return failed == 0;
  }

  @Override
  public void close() {
    progress.clear();
    listing.close();
    setting.out().flush();
  }
}
