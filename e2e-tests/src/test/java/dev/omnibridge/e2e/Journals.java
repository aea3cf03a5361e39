// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.runtime.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What must hold of every finished run, in the log and on Kafka. */
final class Journals {
  private static final String TYPE = "dev.omnibridge.workflow.";

  private Journals() {}

  /** Versions 1..n without a gap, the pinned order, and no step's outcome twice. */
  static void shouldBeWhole(List<RecordedEvent> journal) {
    assertThat(journal)
        .extracting(RecordedEvent::getVersion)
        .containsExactlyElementsOf(upTo(journal.size()));
    assertThat(journal).extracting(RecordedEvent::getEventId).doesNotHaveDuplicates();
    var kinds = journal.stream().map(event -> event.getType().replace(TYPE, "")).toList();
    assertThat(kinds.subList(0, 2)).containsExactly("started.v1", "state-transition.v1");
    assertThat(kinds.subList(kinds.size() - 2, kinds.size()))
        .containsExactly("state-transition.v1", "completed.v1");
    assertThat(kinds.subList(2, kinds.size() - 2))
        .allMatch(kind -> kind.startsWith("step-") || kind.startsWith("event-"));
    assertThat(
            journal.stream()
                .filter(event -> event.getType().equals(TYPE + "step-completed.v1"))
                .map(event -> payload(event).path("step_id").textValue()))
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .doesNotContainNull();
  }

  private static List<Long> upTo(int last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  /** What an event's envelope carries. */
  static JsonNode payload(RecordedEvent event) {
    return Envelope.parse(event.getBody().toByteArray()).payload();
  }

  /** A header of a record, as text. */
  static String header(ConsumerRecord<String, byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    assertThat(header).as("header %s of %s", name, record).isNotNull();
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  /** How many of the streams' events are on Kafka: each id counted once. */
  static int distinct(List<ConsumerRecord<String, byte[]>> records, Set<String> keys) {
    var ids = new HashSet<String>();
    for (var record : records) {
      if (keys.contains(record.key())) {
        ids.add(header(record, "ce_id"));
      }
    }
    return ids.size();
  }

  /** Each event of the streams exactly once, and in version order within each stream. */
  static void shouldBeOnKafkaOnceAndInOrder(
      List<ConsumerRecord<String, byte[]>> records, Map<String, List<RecordedEvent>> journals) {
    var seen = new HashMap<String, Long>();
    for (var record : records) {
      if (journals.containsKey(record.key())) {
        long version = Long.parseLong(header(record, "ob_version"));
        assertThat(version)
            .as("next version of %s on Kafka", record.key())
            .isEqualTo(seen.getOrDefault(record.key(), 0L) + 1);
        var event = journals.get(record.key()).get((int) version - 1);
        assertThat(header(record, "ce_id")).isEqualTo(event.getEventId());
        assertThat(record.value()).isEqualTo(event.getBody().toByteArray());
        seen.put(record.key(), version);
      }
    }
    journals.forEach(
        (key, journal) -> assertThat(seen.get(key)).as(key).isEqualTo((long) journal.size()));
  }
}
