// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Walks every state with every command, and every state with every event. */
class StateCommandWalkTest {
  private static final String DEFINITION = "do: [{a: {call: one}}, {b: {call: two}}]";
  private static final CallPolicy RETRY =
      new CallPolicy(
          TaskKind.ESSENTIAL, RetryPolicy.doubling(2, Duration.ofSeconds(1)), NullNode.instance);

  private static Map<String, Workflow> states() {
    Map<String, Workflow> states = new LinkedHashMap<>();
    states.put("absent", new Workflow.Absent());
    Story running = Story.of(DEFINITION).submit("{}");
    states.put("pending", WorkflowRules.evolve(new Workflow.Absent(), running.history.getFirst()));
    states.put("running", running.state);
    states.put("running later", Story.of(DEFINITION).submit("{}").complete("{}").state);
    states.put("waiting", Story.of(DEFINITION).submit("{}").fail(503, RETRY).state);
    states.put("completed", Story.of(DEFINITION).submit("{}").complete("{}").complete("{}").state);
    states.put("failed", Story.of(DEFINITION).submit("{}").fail(503, Story.ESSENTIAL).state);
    states.put(
        "cancelled",
        Story.of(DEFINITION).submit("{}").ask(new Command.Cancel("", Story.NOON)).state);
    return states;
  }

  private static Map<String, Command> commands() {
    WorkflowError error = WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "away", null);
    Map<String, Command> commands = new LinkedHashMap<>();
    commands.put("submit", new Command.Submit(Story.run("{}")));
    commands.put("submit other", new Command.Submit(Story.run("{\"x\":1}")));
    commands.put("outcome 1.1", outcome(1, 1, new Outcome.Completed(NullNode.instance)));
    commands.put("outcome 1.2", outcome(1, 2, new Outcome.Completed(NullNode.instance)));
    commands.put("outcome 2.1", outcome(2, 1, new Outcome.Degraded(NullNode.instance, "away")));
    commands.put("failure 1.1", outcome(1, 1, new Outcome.Failed(error, true, RETRY)));
    commands.put("failure 2.1", outcome(2, 1, new Outcome.Failed(error, true, Story.ESSENTIAL)));
    commands.put(
        "retry due",
        new Command.RetryDue(Story.NOON.plusMillis(1250), 0.5, Story.NOON.plusSeconds(9)));
    commands.put("retry not due", new Command.RetryDue(Story.NOON, 0.5, Story.NOON));
    commands.put("cancel", new Command.Cancel("", Story.NOON));
    commands.put("hold 1.1", new Command.Hold(1, 1, error, Story.NOON, Story.NOON));
    commands.put("hold 2.1", new Command.Hold(2, 1, error, Story.NOON, Story.NOON));
    commands.put("fail", new Command.Fail(error, Story.NOON));
    return commands;
  }

  private static Command outcome(long ordinal, int attempt, Outcome outcome) {
    return new Command.RecordOutcome(ordinal, attempt, outcome, 0.5, Story.NOON);
  }

  /** One letter per command above: Accepted, Done, Refused. */
  private static final Map<String, String> TABLE =
      Map.of(
          "absent", "AARRRRRRRRRRR",
          "pending", "DRRRRRRRRARRA",
          "running", "DRARRARDDAARA",
          "running later", "DRDDADADDADAA",
          "waiting", "DRDDRDRADADRA",
          "completed", "DRDDDDDDDRDDD",
          "failed", "DRDDDDDDDRDDD",
          "cancelled", "DRDDDDDDDDDDD");

  @TestFactory
  Stream<DynamicTest> shouldAnswerEveryCommandInEveryState() {
    List<String> names = List.copyOf(commands().keySet());
    return states().entrySet().stream()
        .flatMap(state ->
            names.stream()
                .map(name ->
                    DynamicTest.dynamicTest(
                        state.getKey() + " x " + name,
                        () -> check(state.getKey(), state.getValue(), names.indexOf(name)))));
  }

  private static void check(String name, Workflow state, int command) {
    WorkflowRules rules = new WorkflowRules(Story.of(DEFINITION).definition, Limits.DEFAULT);
    Command asked = List.copyOf(commands().values()).get(command);
    Decision decision = rules.decide(state, asked);
    String letter =
        decision
            .getClass()
            .getSimpleName()
            .substring(0, 1)
            .replace("A", decision instanceof Decision.AlreadyDone ? "D" : "A");
    assertThat(letter)
        .as(decision.toString())
        .isEqualTo(TABLE.get(name).substring(command, command + 1));
    if (decision instanceof Decision.Accepted(List<Event> events)) {
      Workflow after = WorkflowRules.evolve(state, events);
      assertThat(after).isNotEqualTo(state);
      Decision again = rules.decide(after, asked);
      assertThat(again).isInstanceOf(Decision.AlreadyDone.class);
    }
  }

  @Test
  void shouldCrashOnEveryEventThatCannotFollow() {
    Set<Event> events = new HashSet<>();
    events.addAll(
        Story.of(DEFINITION)
            .submit("{}")
            .fail(503, RETRY)
            .due()
            .complete("{}")
            .complete("{}")
            .history);
    events.addAll(Story.of(DEFINITION).submit("{}").fail(503, Story.ESSENTIAL).history);
    events.addAll(
        Story.of(DEFINITION).submit("{}").ask(new Command.Cancel("", Story.NOON)).history);
    Map<String, List<Class<?>>> possible =
        Map.of(
            "absent", List.of(Event.Started.class),
            "pending", List.of(Event.StateTransitioned.class, Event.Cancelled.class),
            "running", List.of(Event.StateTransitioned.class, Event.Cancelled.class),
            "running later", List.of(Event.StateTransitioned.class, Event.Cancelled.class),
            "waiting", List.of(Event.StateTransitioned.class, Event.Cancelled.class),
            "completed", List.of(),
            "failed", List.of(),
            "cancelled", List.of());
    states()
        .forEach((name, state) -> {
          for (Event event : events) {
            if (!possible.get(name).contains(event.getClass()) && !isOfItsCall(event, state)) {
              assertThatThrownBy(() -> WorkflowRules.evolve(state, event))
                  .as("%s on %s", event, name)
                  .isInstanceOf(CorruptHistory.class);
            }
          }
        });
  }

  private static boolean isOfItsCall(Event event, Workflow state) {
    if (!(state instanceof Workflow.Running now && now.next() instanceof Next.Call(var call))) {
      return false;
    }
    return switch (event) {
      case Event.StepCompleted e -> e.ordinal() == call.ordinal() && e.attempt() == call.attempt();
      case Event.StepAttemptFailed e ->
          e.ordinal() == call.ordinal() && e.attempt() == call.attempt();
      default -> false;
    };
  }

  @Test
  void shouldHaveAStateACommandAndAnEventOfEveryKindInThisWalk() {
    assertThat(kinds(states().values())).containsAll(leaves(Workflow.class));
    assertThat(kinds(commands().values())).containsAll(leaves(Command.class));
  }

  private static Set<Class<?>> kinds(Iterable<?> values) {
    Set<Class<?>> kinds = new HashSet<>();
    values.forEach(value -> kinds.add(value.getClass()));
    return kinds;
  }

  private static List<Class<?>> leaves(Class<?> type) {
    List<Class<?>> leaves = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      leaves.addAll(permitted.isSealed() ? leaves(permitted) : Arrays.asList(permitted));
    }
    return leaves;
  }
}
