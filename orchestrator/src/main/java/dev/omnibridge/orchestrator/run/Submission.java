// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.definition.Values;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.RunId;
import dev.omnibridge.orchestrator.workflow.WorkflowId;
import dev.omnibridge.runtime.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a user submits. */
public record Submission(
    String namespace,
    @Nullable String workflowId,
    @Nullable String requestId,
    String definition,
    JsonNode input,
    String correlationId,
    @Nullable String sessionId,
    Map<String, String> labels) {

  /** What became of it. */
  public sealed interface Result {
    /** A run has begun. */
    record Started(RunRow row) implements Result {}

    /** The same submission was accepted before. */
    record Existed(RunKey key) implements Result {}
  }

  Run run(RunId id, Definitions.Pinned definition, Instant now) {
    String name = workflowId == null ? id.value() : workflowId;
    return new Run(
        id,
        new WorkflowId(namespace, name),
        definition.workflowType(),
        definition.hash(),
        correlationId,
        sessionId,
        Map.copyOf(labels),
        input,
        now);
  }

  EventLog.Fingerprint fingerprint(Definitions.Pinned definition) {
    return new EventLog.Fingerprint(
        definition.hash(),
        Definitions.hash(Values.sorted(input).toString()),
        Definitions.hash(unambiguous(labels)));
  }

  /** As a map is printed, but for what would make others look the same. */
  private static String unambiguous(Map<String, String> labels) {
    var sorted = new TreeMap<String, String>();
    labels.forEach((key, value) -> sorted.put(escaped(key), escaped(value)));
    return sorted.toString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }

  /** A claim was taken: by the same submission, or by another one, which is refused by name. */
  Result taken(Fault conflict, EventLog.Fingerprint mine) {
    Map<String, String> theirs = conflict.facts();
    List<String> differences = new ArrayList<>();
    differ("definition", mine.definitionHash(), theirs.get("definition_hash"), differences);
    differ("input", mine.inputHash(), theirs.get("input_hash"), differences);
    differ("labels", mine.labelsHash(), theirs.get("labels_hash"), differences);
    if (workflowId != null) {
      differ("workflow id", workflowId, theirs.get("workflow_id"), differences);
    }
    String runId = theirs.getOrDefault("run_id", "");
    if (differences.isEmpty()) {
      return new Result.Existed(new RunKey(namespace, runId));
    }
    boolean request = conflict.is("REQUEST_ID_TAKEN");
    String what = String.join(", ", differences);
    throw Fault.of(
            Fault.Kind.EXISTS,
            request ? "REQUEST_ID_REUSED" : "WORKFLOW_EXISTS",
            "The %s %s was used before for a submission with another %s."
                .formatted(
                    request ? "request id" : "workflow id", request ? requestId : workflowId, what))
        .with("difference", what)
        .with("run_id", runId)
        .with("workflow_id", theirs.getOrDefault("workflow_id", ""));
  }

  private static void differ(
      String what, String mine, @Nullable String theirs, List<String> differences) {
    if (!mine.equals(theirs)) {
      differences.add(what);
    }
  }
}
