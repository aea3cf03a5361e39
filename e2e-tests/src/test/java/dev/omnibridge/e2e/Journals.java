// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.runtime.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What must hold of every finished run, in the log and on Kafka. */
final class Journals {
  private static final String TYPE = "dev.omnibridge.workflow.";
  private static final String STEP_COMPLETED = "step-completed.v1";
  private static final String TRANSITION = "state-transition.v1";
  private static final String ATTEMPT_FAILED = "step-attempt-failed.v1";
  private static final List<String> RETRY = List.of(ATTEMPT_FAILED, TRANSITION, TRANSITION);

  private Journals() {}

  /** That of a completed run which never had to wait. */
  static void shouldBeWhole(List<RecordedEvent> journal) {
    shouldBeWholeAndEndWith("completed.v1", journal);
    var kinds = kinds(journal);
    assertThat(kinds).contains(STEP_COMPLETED);
    assertThat(kinds.subList(2, kinds.size() - 2)).doesNotContain(TRANSITION);
  }

  /**
   * That of a completed run of steps one after the other, which may have been tried again: after a
   * failed attempt it waits, and nowhere else.
   */
  static void shouldBeWholeWithRetries(List<RecordedEvent> journal) {
    shouldBeWholeAndEndWith("completed.v1", journal);
    var kinds = kinds(journal);
    assertThat(kinds).contains(STEP_COMPLETED);
    var steps = new ArrayList<>(kinds.subList(2, kinds.size() - 2));
    for (int at = Collections.indexOfSubList(steps, RETRY);
        at >= 0;
        at = Collections.indexOfSubList(steps, RETRY)) {
      steps.subList(at, at + RETRY.size()).clear();
    }
    assertThat(steps).as("%s", kinds).doesNotContain(TRANSITION, ATTEMPT_FAILED);
  }

  /**
   * Versions 1..n without a gap, the pinned order, and no step's outcome twice. Between a failed
   * attempt and the next one a run waits.
   */
  static void shouldBeWholeAndEndWith(String last, List<RecordedEvent> journal) {
    assertThat(journal)
        .extracting(RecordedEvent::getVersion)
        .containsExactlyElementsOf(upTo(journal.size()));
    assertThat(journal).extracting(RecordedEvent::getEventId).doesNotHaveDuplicates();
    var kinds = kinds(journal);
    assertThat(kinds.subList(0, 2)).containsExactly("started.v1", TRANSITION);
    assertThat(kinds.subList(kinds.size() - 2, kinds.size())).containsExactly(TRANSITION, last);
    assertThat(kinds.subList(2, kinds.size() - 2))
        .allMatch(kind ->
            kind.startsWith("step-") || kind.startsWith("event-") || kind.equals(TRANSITION));
    assertThat(
            journal.stream()
                .filter(event -> event.getType().equals(TYPE + STEP_COMPLETED))
                .map(event -> payload(event).path("step_id").textValue()))
        .doesNotHaveDuplicates()
        .doesNotContainNull();
  }

  private static List<String> kinds(List<RecordedEvent> journal) {
    return journal.stream().map(event -> event.getType().replace(TYPE, "")).toList();
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

  /**
   * Every record of the streams, also of what came twice: all that Kafka has when nothing waits for
   * it any more.
   */
  static List<ConsumerRecord<String, byte[]>> onKafka(Stack stack, String topic, Set<String> keys) {
    var unused = OwnEvents.awaitDrained(stack);
    return stack.kafka().readAll(stack.topic(topic)).stream()
        .filter(found -> keys.contains(found.key()))
        .toList();
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
