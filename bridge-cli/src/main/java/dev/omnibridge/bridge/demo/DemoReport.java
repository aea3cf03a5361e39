// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.demo.FinishedRun.Stamped;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Palette;
import dev.omnibridge.bridge.view.ProtoJson;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells people what a demo found out. */
public final class DemoReport {
  private static final int STAMPS_SHOWN = 5;
  private static final int NAMES_SHOWN = 8;

  private final Setting setting;
  private final Palette palette;
  private final DemoResult result;

  public DemoReport(Setting setting, DemoResult result) {
    this.setting = setting;
    this.palette = setting.palette();
    this.result = result;
  }

  public void print() {
    files();
    result.runs().forEach(run -> workflow(run.workflow()));
    stamps();
    JsonNode totals = result.totals();
    intelligence(totals);
    reducer(result.state());
    field(
        "time",
        result.stages().entrySet().stream()
            .map(stage -> stage.getKey() + " " + Amounts.span(stage.getValue()))
            .collect(Collectors.joining(", ")));
    line("");
    result.proofs().forEach(this::proof);
  }

  private void files() {
    Material material = result.material();
    field(
        "files",
        "%s, %s; %s contents uploaded, the others were stored already"
            .formatted(
                Amounts.count(material.files().size()),
                Amounts.bytes(material.bytes()),
                Amounts.count(material.uploaded())));
    material.skipped().forEach(sentence -> field("skipped", palette.yellow(OneLine.of(sentence))));
  }

  private void workflow(Workflow workflow) {
    field(
        "workflow",
        "%s  %s after %s, %s steps, %s degraded"
            .formatted(
                palette.bold(workflow.getWorkflowId()),
                palette
                    .of(workflow.getState())
                    .apply(ProtoJson.shortName(workflow.getState().getValueDescriptor())),
                Amounts.span(workflow.getCreateTime(), workflow.getEndTime()),
                Amounts.count(workflow.getStepsExecuted()),
                Amounts.count(workflow.getStepsDegraded())));
  }

  private void stamps() {
    List<Stamped> stamps = result.stamps();
    long existed = stamps.stream().filter(Stamped::existed).count();
    field(
        "stamps",
        "%s new, %s existed"
            .formatted(Amounts.count(stamps.size() - existed), Amounts.count(existed)));
    stamps.stream()
        .limit(STAMPS_SHOWN)
        .forEach(
            stamp -> field("", palette.dim(stamp.fileHash()) + "  " + OneLine.of(stamp.path())));
  }

  private void intelligence(JsonNode totals) {
    field("languages", top(totals.path("languages")));
    field(
        "lines",
        "%s, %s of code, %s of comment; %s functions, %s types"
            .formatted(
                Amounts.count(totals.path("lines").asLong()),
                Amounts.count(totals.path("codeLines").asLong()),
                Amounts.count(totals.path("commentLines").asLong()),
                Amounts.count(totals.path("functions").asLong()),
                Amounts.count(totals.path("types").asLong())));
    field("patterns", top(totals.path("patterns")));
    field("confidence", top(totals.path("confidence")));
  }

  private static String top(JsonNode counts) {
    if (counts.isEmpty()) {
      return "none";
    }
    return counts.properties().stream()
        .sorted(Comparator.comparingLong((Map.Entry<String, JsonNode> e) -> -e.getValue().asLong()))
        .limit(NAMES_SHOWN)
        .map(count -> OneLine.of(count.getKey()) + " " + Amounts.count(count.getValue().asLong()))
        .collect(Collectors.joining(", "));
  }

  private void reducer(BridgeState state) {
    field(
        "reducer",
        "%s is %s: %s workflows completed, %s stamps of %s, %s events folded"
            .formatted(
                state.getNamespace(),
                state.getFsmState(),
                Amounts.count(state.getWorkflowsCompleted()),
                Amounts.count(state.getTotalStamps()),
                Amounts.bytes(state.getTotalSizeBytes()),
                Amounts.count(state.getEventsFolded())));
  }

  private void proof(Proof proof) {
    String mark =
        switch (proof.outcome()) {
          case PROVED -> palette.green("✓");
          case REFUTED -> palette.red("✗");
          case NOT_ASKED -> palette.yellow("-");
        };
    line("%s %-55s %s".formatted(mark, proof.what(), palette.dim(proof.detail())));
  }

  private void field(String name, String value) {
    line(palette.dim("%-12s".formatted(name)) + value);
  }

  private void line(String text) {
    setting.out().println(text);
  }
}
