// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.orchestrator.definition.Definition;
import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.definition.Values;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells one run: commands in, events and states out. After every append it checks what must always
 * hold: events survive their JSON, and replaying them, from the start or from a snapshot, gives the
 * state.
 */
final class Story {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final DefinitionReader READER = new DefinitionReader();
  static final CallPolicy ESSENTIAL =
      new CallPolicy(TaskKind.ESSENTIAL, RetryPolicy.doubling(0, Duration.ZERO), json("null"));
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEAD =
      "document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.0.0'}\n";

  final Definition definition;
  final List<Event> history = new ArrayList<>();
  final List<Integer> appends = new ArrayList<>();
  Workflow state = new Workflow.Absent();
  Decision last = new Decision.AlreadyDone();
  Instant now = NOON;
  private final WorkflowRules rules;

  private Story(Definition definition, Limits limits) {
    this.definition = definition;
    this.rules = new WorkflowRules(definition, limits);
  }

  static Story of(String body) {
    return of(body, Limits.DEFAULT);
  }

  static Story of(String body, Limits limits) {
    return new Story(READER.read(HEAD + body), limits);
  }

  static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** As the log gives it back: it keeps bytes. */
  private static JsonNode stored(JsonNode node) {
    byte[] bytes = node.toString().getBytes(StandardCharsets.UTF_8);
    return json(new String(bytes, StandardCharsets.UTF_8));
  }

  static Run run(String input) {
    return new Run(
        new RunId("01930000-0000-7000-8000-000000000001"),
        new WorkflowId("tests", "sample-1"),
        "tests/sample",
        "ab".repeat(32),
        "corr",
        null,
        Map.of("team", "a"),
        Values.normal(json(input)),
        NOON);
  }

  Story submit(String input) {
    return ask(new Command.Submit(run(input)));
  }

  Story complete(String output) {
    return outcome(new Outcome.Completed(json(output)));
  }

  Story fail(int status, CallPolicy policy) {
    WorkflowError error =
        new WorkflowError(
            WorkflowError.Kind.COMMUNICATION.type(), status, "Away", "No answer", null);
    return outcome(new Outcome.Failed(error, true, policy));
  }

  Story outcome(Outcome outcome) {
    PendingCall call = call();
    return ask(new Command.RecordOutcome(call.ordinal(), call.attempt(), outcome, 0.5, now));
  }

  Story due() {
    Workflow.Waiting waiting = (Workflow.Waiting) state;
    now = waiting.due();
    return ask(new Command.RetryDue(waiting.due(), 0.5, now));
  }

  Story ask(Command command) {
    last = rules.decide(state, command);
    if (last instanceof Decision.Accepted(List<Event> events)) {
      appends.add(events.size());
      history.addAll(events);
      state = WorkflowRules.evolve(state, events);
      checkAlways(events);
    }
    return this;
  }

  private void checkAlways(List<Event> appended) {
    Run run = ((Event.Started) history.getFirst()).run();
    List<Event> read = new ArrayList<>();
    for (Event event : history) {
      JsonNode body = stored(WorkflowEventCodec.encode(run, event));
      Event decoded = WorkflowEventCodec.decode(WorkflowEventCodec.type(event), body);
      assertThat(decoded).isEqualTo(event);
      read.add(decoded);
    }
    assertThat(WorkflowRules.evolve(new Workflow.Absent(), read)).isEqualTo(state);
    JsonNode snapshot = stored(WorkflowSnapshotCodec.encode(state));
    Workflow restored = WorkflowSnapshotCodec.decode(WorkflowSnapshotCodec.SCHEMA, snapshot);
    assertThat(restored).isEqualTo(state);
    assertThat(WorkflowSnapshotCodec.encode(restored))
        .isEqualTo(WorkflowSnapshotCodec.encode(state));
    int before = history.size() - appended.size();
    if (before > 0) {
      Workflow earlier = WorkflowRules.evolve(new Workflow.Absent(), read.subList(0, before));
      Workflow resumed =
          WorkflowSnapshotCodec.decode(1, stored(WorkflowSnapshotCodec.encode(earlier)));
      assertThat(WorkflowRules.evolve(resumed, appended)).isEqualTo(state);
    }
    assertThat(tally().events()).isEqualTo(history.size());
  }

  private Tally tally() {
    return switch (state) {
      case Workflow.Unfinished w -> w.tally();
      case Workflow.Finished w -> w.tally();
      case Workflow.Absent _ -> Tally.NONE;
    };
  }

  PendingCall call() {
    Next next = ((Workflow.Unfinished) state).next();
    return ((Next.Call) next).call();
  }

  JsonNode output() {
    assertThat(state).isInstanceOf(Workflow.Completed.class);
    return ((Workflow.Completed) state).output();
  }

  WorkflowError error() {
    assertThat(state).isInstanceOf(Workflow.Failed.class);
    return ((Workflow.Failed) state).error();
  }

  /** The kinds of all events so far, in order; transitions with their states. */
  List<String> kinds() {
    return history.stream().map(Story::kind).toList();
  }

  private static String kind(Event event) {
    return switch (event) {
      case Event.StateTransitioned e -> e.from() + ">" + e.to();
      case Event.StepCompleted e -> e.status() + " " + e.step();
      case Event.StepAttemptFailed e -> "attempt " + e.attempt() + " " + e.step();
      default -> event.getClass().getSimpleName();
    };
  }

  int longest() {
    Run run = run("{}");
    return history.stream()
        .mapToInt(event -> WorkflowEventCodec.encode(run, event).toString().length())
        .max()
        .orElse(0);
  }

  @Override
  public String toString() {
    return JSON.createArrayNode()
        .addAll(history.stream().map(WorkflowEventCodec::payload).toList())
        .toPrettyString();
  }
}
