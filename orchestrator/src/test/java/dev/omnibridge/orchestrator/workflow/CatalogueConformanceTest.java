// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.runtime.event.Catalogue;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every event that the orchestrator appends is in the catalogue, and is as the catalogue says. */
class CatalogueConformanceTest {
  private static final String DEFINITION =
      "do: [{a: {call: one}}, {e: {emit: {event: {with: {source: 'https://e.org', type: t}}}}}]";

  @Test
  void shouldAppendOnlyWhatTheCatalogueLists() {
    Catalogue catalogue = Catalogue.load();
    CallPolicy retry =
        new CallPolicy(
            TaskKind.ESSENTIAL, RetryPolicy.doubling(1, Duration.ofSeconds(1)), Story.json("null"));
    List<Event> events =
        Stream.of(
                Story.of(DEFINITION).submit("{}").fail(503, retry).due().complete("{}"),
                Story.of(DEFINITION).submit("[1]").fail(503, Story.ESSENTIAL),
                Story.of(DEFINITION).submit("{}").ask(new Command.Cancel("", Story.NOON)))
            .flatMap(story -> story.history.stream())
            .toList();
    for (Event event : events) {
      String type = WorkflowEventCodec.type(event);
      assertThat(catalogue.event(type).producer()).isEqualTo("orchestrator");
      assertThat(catalogue.problems(type, WorkflowEventCodec.encode(Story.run("{}"), event)))
          .isEmpty();
    }
    Set<Class<?>> seen = events.stream().map(Event::getClass).collect(Collectors.toSet());
    assertThat(seen)
        .containsAll(
            Arrays.stream(Event.class.getPermittedSubclasses())
                .filter(Record.class::isAssignableFrom)
                .toList());
  }
}
