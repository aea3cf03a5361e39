// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.groupingBy;

import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Each run emits what it was to emit, once. What is emitted goes into the run's journal, and to
 * Kafka with it: that it is there once is what {@link KafkaChecks} asks of every event of the log.
 */
record EmitChecks(Evidence evidence, Checker found) {

  void run() {
    Map<String, List<Logged.Event>> emitted =
        evidence.log().events().stream()
            .filter(event -> event.own() && event.is("workflow.event-emitted.v1"))
            .collect(groupingBy(Logged.Event::stream));
    Map<String, List<Kept.Run>> runs =
        evidence.kept().runs().stream().collect(groupingBy(r -> r.namespace() + "/" + r.order()));
    for (Claims.Submission claim : evidence.claims().submissions()) {
      String order = claim.namespace() + "/" + claim.order();
      for (Kept.Run run : runs.getOrDefault(order, List.of())) {
        asDue(run.stream(), claim.due(), emitted.getOrDefault(run.stream(), List.of()));
      }
    }
    distinct(emitted);
  }

  private void asDue(String stream, Claims.Due due, List<Logged.Event> events) {
    boolean meant =
        events.stream().allMatch(event -> event.facts().emittedType().equals(Orders.EMITTED));
    found.unless(
        events.size() == due.emits() && meant,
        Promise.EMITTED_ONCE,
        "%s emitted %s; %d of type %s were due",
        stream,
        events.stream().map(event -> event.facts().emittedType()).toList(),
        due.emits(),
        Orders.EMITTED);
  }

  private void distinct(Map<String, List<Logged.Event>> emitted) {
    var seen = new HashMap<String, String>();
    emitted.forEach((stream, events) ->
        events.forEach(event -> {
          String id = event.facts().emittedId();
          String before = seen.put(id, stream);
          found.unless(
              !id.isEmpty() && before == null,
              Promise.EMITTED_ONCE,
              "%s emitted the id '%s' at version %d, and so did %s",
              stream,
              id,
              event.version(),
              before);
        }));
  }
}
