// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.run.EventLog.Append;
import dev.omnibridge.orchestrator.run.EventLog.Fingerprint;
import dev.omnibridge.orchestrator.run.EventLog.Identified;
import dev.omnibridge.orchestrator.run.EventLog.Submitted;
import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.orchestrator.workflow.Decision;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.orchestrator.workflow.Next;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.RunId;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowId;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.Ids;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Appends as the shell makes them, of runs in a namespace of their own. */
final class AppendedRuns {
  private static final DefinitionReader READER = new DefinitionReader();
  private static final Instant AT = Instant.parse("2026-11-21T12:00:00Z");

  private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
  private final String namespace = "contract-" + Long.toHexString(random.nextLong());
  private final Definition definition =
      READER.read(
          """
          document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.0.0'}
          do: [{a: {call: one}}, {b: {call: two}}, {c: {call: three}}, {d: {call: four}}]
          """);
  private final WorkflowRules rules = new WorkflowRules(definition, Limits.DEFAULT);
  private final Map<Append, Workflow> states = new HashMap<>();
  private long moment;

  String namespace() {
    return namespace;
  }

  String definition() {
    return definition.source().toString();
  }

  /** The state of the run after an append. */
  Workflow state(Append append) {
    return Objects.requireNonNull(states.get(append));
  }

  Append submission(String workflowId) {
    return submission(workflowId, null);
  }

  Append submission(String workflowId, @Nullable String requestId) {
    Instant at = now();
    String hash = Definitions.hash(definition());
    Run run =
        new Run(
            new RunId(id(at)),
            new WorkflowId(namespace, workflowId),
            "tests/sample",
            hash,
            id(at),
            null,
            Map.of(),
            JsonNodeFactory.instance.objectNode(),
            at);
    Fingerprint print =
        new Fingerprint(hash, Definitions.hash("input " + moment), Definitions.hash("labels"));
    Submitted submitted = new Submitted(requestId, print, "tests/sample", definition());
    return append(run, new Workflow.Absent(), 0, new Command.Submit(run), submitted);
  }

  /** The call that the run waits for after an append has an outcome. */
  Append outcome(Append before) {
    Workflow.Unfinished now = (Workflow.Unfinished) state(before);
    Next.Call next = (Next.Call) now.next();
    Command.Outcome completed = new Command.Outcome.Completed(IntNode.valueOf(1));
    var command =
        new Command.RecordOutcome(
            next.call().ordinal(), next.call().attempt(), completed, 0, now());
    return append(now.run(), now, before.row().version(), command, null);
  }

  Append end(Append before) {
    Workflow.Unfinished now = (Workflow.Unfinished) state(before);
    var command = new Command.Cancel("enough", now());
    return append(now.run(), now, before.row().version(), command, null);
  }

  /** The same append, with the state after it. */
  Append withSnapshot(Append plain) {
    return changed(plain, state(plain), plain.row());
  }

  /** The same append, with a time at which somebody has to look at the run. */
  Append due(Append plain, Duration in) {
    RunRow row = plain.row();
    var due =
        new RunRow(
            row.run(),
            row.state(),
            row.version(),
            row.tally(),
            row.completedAt(),
            row.output(),
            row.error(),
            in);
    return changed(plain, plain.snapshot(), due);
  }

  private Append changed(Append plain, @Nullable Workflow snapshot, RunRow row) {
    var changed =
        new Append(
            plain.appendId(),
            plain.run(),
            plain.expectedVersion(),
            plain.events(),
            snapshot,
            row,
            plain.submission());
    states.put(changed, state(plain));
    return changed;
  }

  private Append append(
      Run run, Workflow before, long version, Command command, @Nullable Submitted submitted) {
    List<Event> events = ((Decision.Accepted) rules.decide(before, command)).events();
    Workflow after = WorkflowRules.evolve(before, events);
    var append =
        new Append(
            id(command.at()),
            run,
            version,
            events.stream().map(event -> new Identified(id(event.at()), event)).toList(),
            null,
            RunRow.of(after, version + events.size(), command.at()),
            submitted);
    states.put(append, after);
    return append;
  }

  private Instant now() {
    return AT.plusMillis(++moment);
  }

  private String id(Instant at) {
    return Ids.uuid7(at, random).toString();
  }
}
