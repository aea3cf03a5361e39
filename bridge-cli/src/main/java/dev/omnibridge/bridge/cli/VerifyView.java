// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.FileProgress;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How verdicts are shown, one after the other as they come. */
final class VerifyView implements AutoCloseable {
  private final Setting setting;
  private final boolean json;
  private final boolean quiet;
  private final boolean strict;
  private final FileProgress progress;
  private final Listing listing;
  private final Map<Verdict.Status, Long> counts = new EnumMap<>(Verdict.Status.class);
  private boolean bad;

  VerifyView(Setting setting, boolean json, boolean quiet, boolean strict, FileProgress progress) {
    this.setting = setting;
    this.json = json;
    this.quiet = quiet;
    this.strict = strict;
    this.progress = progress;
    this.listing = new Listing(setting, "files");
  }

  /** The next verdict. */
  void show(Verdict verdict) {
    counts.merge(verdict.status(), 1L, Long::sum);
    boolean isBad = verdict.isBad(strict);
    bad |= isBad;
    if (json) {
      listing.add(document(verdict));
      return;
    }
    if (quiet && !isBad) {
      return;
    }
    progress.clear();
    String status = Outcome.words(verdict.status()).toUpperCase(Locale.ROOT);
    var palette = setting.palette();
    setting
        .out()
        .print(
            "%s: %s%s\n"
                .formatted(
                    OneLine.of(verdict.path()),
                    isBad ? palette.red(status) : palette.green(status),
                    verdict.problem().isEmpty() ? "" : " (" + OneLine.of(verdict.problem()) + ")"));
    if (setting.outIsTerminal()) {
      setting.out().flush();
    }
  }

  private static ObjectNode document(Verdict verdict) {
    ObjectNode object =
        JsonNodeFactory.instance
            .objectNode()
            .put("path", verdict.path())
            .put("status", verdict.status().name());
    if (!verdict.problem().isEmpty()) {
      object.put("problem", verdict.problem());
    }
    Stamp stamp = verdict.stamp();
    if (stamp != null) {
      object.set("stamp", ProtoJson.of(stamp));
    }
    return object;
  }

  /** What it comes to; true when nothing was bad, and there was something. */
  boolean end() {
    setting.out().flush();
    progress.clear();
    if (json) {
      ObjectNode summary = JsonNodeFactory.instance.objectNode();
      counts.forEach((status, count) -> summary.put(status.name(), count));
      listing.end("summary", summary);
    } else {
      String what =
          counts.entrySet().stream()
              .map(count -> Amounts.count(count.getValue()) + " " + Outcome.words(count.getKey()))
              .collect(Collectors.joining(", "));
      setting.err().println(setting.errorPalette().dim(progress.summary() + ": " + what));
    }
    if (counts.isEmpty()) {
      setting.err().println("bridge: there was no file to verify");
    }
    return !bad && !counts.isEmpty();
  }

  @Override
  public void close() {
    progress.clear();
    listing.close();
    setting.out().flush();
  }
}
