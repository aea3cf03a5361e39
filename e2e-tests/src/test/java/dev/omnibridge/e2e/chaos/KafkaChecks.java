// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kafka has the log: each event, first occurrences in order, and nothing else but the others'. */
record KafkaChecks(Evidence evidence, Checker found) {
  private static final Map<String, String> TOPICS =
      Map.of(
          "workflow", ".workflow.events.v1",
          "stamp", ".metadata.events.v1",
          "bridge", ".state.events.v1",
          "analysis", ".intelligence.events.v1");

  void run() {
    Map<String, Logged.Event> own =
        evidence.log().events().stream()
            .filter(Logged.Event::own)
            .collect(toMap(Logged.Event::id, event -> event, (first, _) -> first));
    Set<String> others =
        evidence.claims().published().stream().map(Claims.Published::id).collect(toSet());
    var seen = new HashSet<String>();
    var last = new HashMap<String, Long>();
    var places = new HashMap<String, String>();
    for (Evidence.Published record : evidence.records()) {
      if (record.logId().isEmpty()) {
        found.unless(
            others.contains(record.eventId()),
            Promise.KAFKA_HAS_NOTHING_ELSE,
            "%s, which nobody published",
            place(record));
      } else if (isOfTheLog(record, own.get(record.eventId()))) {
        where(record, places);
        if (seen.add(record.eventId())) {
          first(record, last);
        }
      }
    }
    own.values().stream()
        .filter(event -> !seen.contains(event.id()))
        .forEach(event ->
            found.unless(
                false,
                Promise.KAFKA_HAS_EVERY_EVENT,
                "%s version %d, event %s, is not there",
                event.stream(),
                event.version(),
                event.id()));
  }

  private boolean isOfTheLog(Evidence.Published record, Logged.@Nullable Event event) {
    boolean same =
        event != null
            && record.logId().equals(evidence.log().logId())
            && record.stream().equals(event.stream())
            && record.version() == event.version()
            && record.lane() == event.lane()
            && record.position() == event.position()
            && record.body().equals(event.body());
    found.unless(
        same,
        Promise.KAFKA_HAS_NOTHING_ELSE,
        "%s says %s version %d at %d:%d; the log has %s",
        place(record),
        record.stream(),
        record.version(),
        record.lane(),
        record.position(),
        event);
    return same;
  }

  /** Repeats too: a stream is in one partition of its kind's topic, under its own name. */
  private void where(Evidence.Published record, Map<String, String> places) {
    String partition = record.topic() + "-" + record.partition();
    String before = places.putIfAbsent(record.stream(), partition);
    found.unless(
        before == null || before.equals(partition),
        Promise.KAFKA_IN_ORDER,
        "%s is of %s, which is in %s",
        place(record),
        record.stream(),
        before);
    String kind = record.stream().substring(0, record.stream().indexOf('/'));
    found.unless(
        record.key().equals(record.stream())
            && record.topic().endsWith(TOPICS.getOrDefault(kind, "no topic")),
        Promise.KAFKA_IN_ORDER,
        "%s is of %s and has the key %s",
        place(record),
        record.stream(),
        record.key());
  }

  private void first(Evidence.Published record, Map<String, Long> last) {
    Long before = last.put(record.stream(), record.version());
    found.unless(
        record.version() == (before == null ? 0 : before) + 1,
        Promise.KAFKA_IN_ORDER,
        "%s is version %d of %s, behind %d",
        place(record),
        record.version(),
        record.stream(),
        before);
    String lane = record.topic() + "#" + record.partition() + "@" + record.lane();
    Long position = last.put(lane, record.position());
    found.unless(
        position == null || position < record.position(),
        Promise.KAFKA_IN_ORDER,
        "%s is position %d of lane %d, behind %d",
        place(record),
        record.position(),
        record.lane(),
        position);
  }

  private static String place(Evidence.Published record) {
    return "record %s-%d@%d of event %s"
        .formatted(record.topic(), record.partition(), record.offset(), record.eventId());
  }
}
