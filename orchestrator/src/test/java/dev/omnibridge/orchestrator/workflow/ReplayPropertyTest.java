// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random definitions with random outcomes. Story checks after every append that replaying, from the
 * start and from a snapshot, gives the state; here it is also checked how runs begin and end.
 */
class ReplayPropertyTest {
  private static final String ODD = "{(\"\\ud83d\"): \"a\\udc00\\u0000b\"}";
  private static final Limits LIMITS = new Limits(200, 5, 70, 20_000, 50_000, 60_000);

  @Test
  void shouldReplayToTheSameStateWhateverHappens() {
    runSeeds(150);
  }

  @Test
  @Tag("long")
  void shouldReplayToTheSameStateWhateverHappensOftener() {
    runSeeds(20_000);
  }

  private static void runSeeds(int count) {
    long first = Long.getLong("seed", System.nanoTime() % 1_000_000_000L);
    for (long seed = first; seed < first + count; seed++) {
      try {
        check(new Random(seed));
      } catch (Throwable failure) {
        throw new AssertionError("Failed with -Dseed=" + seed + ": " + failure, failure);
      }
    }
  }

  private static void check(Random random) {
    String definition = "do: " + list(random, 3, List.of());
    Story story = Story.of(definition, LIMITS).submit("{\"n\":1}");
    if (story.last instanceof Decision.Refused(Decision.Reason reason, _)) {
      assertThat(reason).isEqualTo(Decision.Reason.INPUT_TOO_LARGE);
      return;
    }
    int steps = 0;
    while (story.state instanceof Workflow.Unfinished && steps++ < 60) {
      step(story, random);
    }
    if (story.state instanceof Workflow.Unfinished) {
      story.ask(new Command.Cancel("enough", story.now));
    }
    assertThat(story.kinds()).startsWith("Started", "PENDING>RUNNING");
    String end = story.kinds().getLast();
    assertThat(end).isIn("Completed", "Failed", "Cancelled");
    assertThat(story.kinds().get(story.kinds().size() - 2))
        .endsWith(">" + end.toUpperCase(java.util.Locale.ROOT));
    assertThat(
            story.history.stream()
                .filter(Event.StepCompleted.class::isInstance)
                .map(e -> ((Event.StepCompleted) e).ordinal()))
        .doesNotHaveDuplicates();
    assertThat(story.history.size()).isLessThanOrEqualTo(70);
  }

  private static void step(Story story, Random random) {
    int roll = random.nextInt(100);
    if (roll < 2) {
      story.ask(new Command.Cancel("", story.now));
    } else if (story.state instanceof Workflow.Waiting) {
      story.due();
    } else if (roll < 70) {
      story.outcome(new Outcome.Completed(output(random)));
    } else if (roll < 75) {
      story.outcome(new Outcome.Degraded(IntNode.valueOf(0), "away"));
    } else {
      story.fail(500 + random.nextInt(3), policy(random));
    }
  }

  private static JsonNode output(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> TextNode.valueOf("half \ud83d");
      case 1 -> DoubleNode.valueOf(Double.NaN);
      default -> IntNode.valueOf(random.nextInt(5));
    };
  }

  private static CallPolicy policy(Random random) {
    TaskKind kind = random.nextBoolean() ? TaskKind.ESSENTIAL : TaskKind.OPTIONAL;
    Duration delay = Duration.ofMillis(random.nextInt(3) * 100L);
    return new CallPolicy(
        kind, RetryPolicy.doubling(random.nextInt(3), delay), IntNode.valueOf(-1));
  }

  private static String list(Random random, int depth, List<String> variables) {
    int size = 1 + random.nextInt(3);
    List<String> tasks = new ArrayList<>();
    IntStream.range(0, size)
        .forEach(i -> tasks.add("{t%d: {%s}}".formatted(i, task(random, depth, size, variables))));
    return "[" + String.join(", ", tasks) + "]";
  }

  private static String task(Random random, int depth, int siblings, List<String> variables) {
    String tail = tail(random, siblings);
    int kind = depth == 0 ? random.nextInt(4) : random.nextInt(8);
    return switch (kind) {
      case 0, 1 ->
          "call: f%d, with: {v: '${ %s }'}%s"
              .formatted(random.nextInt(3), value(random, variables), tail);
      case 2 -> "set: {v: '${ %s }'}%s".formatted(value(random, variables), tail);
      case 3 ->
          random.nextInt(3) == 0
              ? "raise: {error: {type: 'https://e.org/x', status: %d, detail: '${ %s | tojson }'}}"
                  .formatted(500 + random.nextInt(3), value(random, variables))
              : "emit: {event: {with: {source: 'https://e.org', type: t, data: '${ %s }'}}}%s"
                  .formatted(value(random, variables), tail);
      case 4 -> "do: %s%s".formatted(list(random, depth - 1, variables), tail);
      case 5 -> loop(random, depth, variables) + tail;
      case 6 -> attempt(random, depth, variables) + tail;
      default ->
          "switch: [{c: {when: '%s == 1', then: t%d}}, {d: {then: continue}}]"
              .formatted(value(random, variables), random.nextInt(siblings));
    };
  }

  private static String tail(Random random, int siblings) {
    return switch (random.nextInt(14)) {
      case 0 -> ", then: exit";
      case 1 -> ", then: end";
      case 2 -> ", then: t" + random.nextInt(siblings);
      case 3 -> ", output: {as: '{o: .}'}";
      case 4 -> ", export: {as: '{last: .}'}";
      case 5 -> ", if: '$context.last == null'";
      case 6 -> ", input: {from: '{i: .}'}";
      default -> "";
    };
  }

  private static String loop(Random random, int depth, List<String> variables) {
    String each = "x" + depth;
    List<String> inner = new ArrayList<>(variables);
    inner.add("$" + each);
    return "for: {each: %s, in: '[range(%d)]'}, do: %s"
        .formatted(each, random.nextInt(4), list(random, depth - 1, inner));
  }

  private static String attempt(Random random, int depth, List<String> variables) {
    String retry =
        random.nextBoolean()
            ? "retry: {delay: PT%dS, limit: {attempt: {count: %d}}}, "
                .formatted(random.nextInt(2), random.nextInt(3))
            : "";
    String filter =
        random.nextBoolean() ? "errors: {with: {status: 50%d}}, ".formatted(random.nextInt(3)) : "";
    List<String> inner = new ArrayList<>(variables);
    inner.add("$error");
    return "try: %s, catch: {%s%sdo: %s}"
        .formatted(
            list(random, depth - 1, variables), filter, retry, list(random, depth - 1, inner));
  }

  private static String value(Random random, List<String> variables) {
    List<String> values = new ArrayList<>(List.of(".", "1", "$context", "$input", "[.]", ODD));
    values.addAll(variables);
    return values.get(random.nextInt(values.size()));
  }
}
