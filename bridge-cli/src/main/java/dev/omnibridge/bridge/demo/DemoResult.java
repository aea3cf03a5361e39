// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.bridge.demo.FinishedRun.Stamped;
import dev.omnibridge.bridge.view.ProtoJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything that a demo found out.
 *
 * @param address of the suite
 * @param material what it worked on
 * @param runs how the workflow ran
 * @param state what the reducer says about the namespace
 * @param stages time per stage
 * @param proofs what was checked
 */
public record DemoResult(
    String address,
    Material material,
    List<FinishedRun> runs,
    BridgeState state,
    Map<String, Duration> stages,
    List<Proof> proofs) {

  /** True when nothing that was checked is missing. */
  public boolean proved() {
    return proofs.stream().noneMatch(proof -> proof.outcome() == Proof.Outcome.REFUTED);
  }

  List<Stamped> stamps() {
    return runs.stream().flatMap(run -> run.stamps().stream()).toList();
  }

  /** The workflows' own results added up: numbers are summed, objects key by key. */
  ObjectNode totals() {
    ObjectNode totals = JsonNodeFactory.instance.objectNode();
    for (FinishedRun run : runs) {
      add(totals, parsed(run.workflow().getOutput()));
    }
    return totals;
  }

  private static JsonNode parsed(String json) {
    try {
      return new ObjectMapper().readTree(json.isEmpty() ? "{}" : json);
    } catch (IOException notJson) {
      throw new UncheckedIOException("A workflow's result is not JSON", notJson);
    }
  }

  private static void add(ObjectNode totals, JsonNode more) {
    for (var field : more.properties()) {
      JsonNode value = field.getValue();
      if (value.isObject()) {
        add(totals.withObjectProperty(field.getKey()), value);
      } else if (value.isNumber()) {
        totals.put(field.getKey(), totals.path(field.getKey()).asLong() + value.asLong());
      }
    }
  }

  /** The result for scripts. */
  public ObjectNode json() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("proved", proved());
    document.put("address", address);
    ObjectNode files = document.putObject("files");
    files.put("count", material.files().size());
    files.put("bytes", material.bytes());
    files.put("uploaded", material.uploaded());
    material.skipped().forEach(files.withArray("skipped")::add);
    var workflows = document.putArray("workflows");
    runs.forEach(run -> workflows.add(ProtoJson.of(run.workflow())));
    document.set("totals", totals());
    document.set("reducer", ProtoJson.of(state));
    ObjectNode times = document.putObject("millis");
    stages.forEach((stage, time) -> times.put(stage, time.toMillis()));
    var checks = document.putArray("checks");
    for (Proof proof : proofs) {
      checks
          .addObject()
          .put("what", proof.what())
          .put("outcome", proof.outcome().name())
          .put("detail", proof.detail());
    }
    return document;
  }

  /** The checks that failed, one clause each. */
  public List<String> refuted() {
    var sentences = new ArrayList<String>();
    for (Proof proof : proofs) {
      if (proof.outcome() == Proof.Outcome.REFUTED) {
        sentences.add("not proved that " + proof.what() + ": " + proof.detail());
      }
    }
    return sentences;
  }
}
