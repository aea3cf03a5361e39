// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.demo.Batches.Batch;
import dev.omnibridge.bridge.view.EventLine;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run of the demo's workflow that has ended.
 *
 * @param batch what it was given
 * @param workflow how it ended
 * @param events what was watched, in order
 */
record FinishedRun(Batch batch, Workflow workflow, List<RecordedEvent> events) {

  /** A stamp as the workflow's own step got it. */
  record Stamped(String fileHash, String contentHash, String path, boolean existed) {}

  /** The stamps of the run, in the order of its steps. */
  List<Stamped> stamps() {
    return outcomes("stamp")
        .map(payload -> payload.path("output"))
        .map(stamp ->
            new Stamped(
                stamp.path("fileHash").asText(),
                stamp.path("contentHash").asText(),
                stamp.path("path").asText(),
                stamp.path("existed").asBoolean()))
        .toList();
  }

  /** The outcomes of the calls of a function, as their events tell them. */
  Stream<JsonNode> outcomes(String function) {
    return events.stream()
        .filter(FinishedRun::isStep)
        .map(EventLine::payload)
        .filter(payload -> payload.path("function").asText().equals(function));
  }

  static boolean isStep(RecordedEvent event) {
    return EventLine.shortType(event.getType()).equals("step-completed");
  }
}
