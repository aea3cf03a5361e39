// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What others publish on the suite's topics is in the database soon, once and in order, and what
 * the suite has stored is with others as soon:
 *
 * <pre>
 * another system publishes -> db-adapter consumes -> rows in event_logs -> found by gRPC and SQL
 * the suite appends -> acknowledged -> db-adapter publishes -> others have it
 * </pre>
 */
@Story(criticalPath = true)
class DatabaseAdapterConsumptionIT {
  private static final String TOPIC = "codegen.events.v1";
  private static final int SINGLES = 200;
  private static final int WARM_UP = 20;
  private static final int BATCH = 1_500;
  private static final int SAME_KEY = 50;
  private static final int KEYS = 6;
  private static final int PER_SECOND = 200;
  private static final int SECONDS = 3;

  private final Stack stack;
  private final Thresholds figures;
  private final Publisher publisher;
  private final UUID correlation = UUID.randomUUID();
  private final Eyes eyes;

  DatabaseAdapterConsumptionIT(Way way) throws Exception {
    stack = Deployment.warm(way).stack();
    figures = way.figures();
    publisher = new Publisher(stack, TOPIC);
    eyes = new Eyes(stack, correlation);
  }

  @AfterEach
  void close() throws Exception {
    eyes.close();
    publisher.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
  }

  private String key(int number) {
    return "key-" + correlation + "-" + number;
  }

  private String id(int number) {
    return correlation + "#" + number;
  }

  private List<RecordedEvent> found() {
    return Runs.caused(stack, correlation.toString());
  }

  private void awaitStored(int count) {
    soon().until(() -> eyes.count() >= count);
  }

  @Test
  void shouldStoreASingleEventExactlyAsItWasPublished() throws Exception {
    String event = Publisher.event(id(0), correlation, 7);
    publisher.publish(key(0), event);
    awaitStored(1);

    RecordedEvent found = found().getFirst();
    assertThat(found.getBody().toStringUtf8()).isEqualTo(event);
    assertThat(found.getType()).isEqualTo("org.example.measured.v1");
    assertThat(found.getTopic()).isEqualTo(publisher.topic());
    assertThat(found.getStream().getKind()).isEqualTo("codegen");
    assertThat(found.getStream().getNamespace()).isEqualTo("consumption");
    assertThat(found.getStream().getId()).isEqualTo("inbox/probe/" + key(0));
    assertThat(
            stack.count(
                "select count(*) from event_logs where correlation_id = ? and original_id = ?"
                    + " and topic = ? and event_id = ? and version = 1"
                    + " and payload ->> 'number' = '7'",
                correlation,
                id(0),
                publisher.topic(),
                UUID.fromString(found.getEventId())))
        .isOne();
  }

  /** One at a time, so that each finds the way idle. */
  @Test
  void shouldStoreASingleEventWithinItsLimit() throws Exception {
    for (int i = 0; i < WARM_UP + SINGLES; i++) {
      var measured = i < WARM_UP ? new Thresholds() : figures;
      String event = Publisher.event(id(i), correlation, i);
      long began = System.nanoTime();
      publisher.publish(key(i % KEYS), event);
      while (eyes.count() <= i) {
        assertThat(since(began)).isLessThan(Duration.ofSeconds(20));
        pause();
      }
      measured.record("database_adapter_lag_ms", since(began));
    }
    figures.shouldBeKept("database_adapter_lag_ms");
  }

  /** From the acknowledgement, when the log has it, until a consumer sees it. */
  @Test
  void shouldHaveAnEventOfItsOwnOnKafkaWithinItsLimit() {
    var events = new OwnEvents(stack, "published-" + correlation);
    String id = "one";
    events.write(id);
    var unused = OwnEvents.awaitDrained(stack);
    try (var listener = new Listener(stack, OwnEvents.TOPIC)) {
      for (int i = 0; i < WARM_UP + SINGLES; i++) {
        events.write(id);
        long acknowledged = System.nanoTime();
        var found = listener.next(events.key(id));
        var took = since(acknowledged);
        assertThat(Journals.header(found, "ob_version")).isEqualTo(Long.toString(events.written()));
        if (i >= WARM_UP) {
          figures.record("event_publishing_latency_ms", took);
        }
      }
    }
    figures.shouldBeKept("event_publishing_latency_ms");
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
  }

  @Test
  void shouldStoreABatchOf1500FasterThanAThousandASecondAndLoseNone() throws Exception {
    send(0, BATCH / 3);
    awaitStored(BATCH / 3);
    long began = System.nanoTime();
    send(BATCH / 3, BATCH);
    var quiet = eyes.quiet(BATCH / 3 + BATCH);
    figures.rate("events_per_second", BATCH, Duration.ofNanos(quiet.since() - began));
    quiet.tally().tell(figures);
    figures.shouldBeKept("events_per_second", "event_loss", "duplicate_share");
  }

  private void send(int from, int count) {
    for (int i = from; i < from + count; i++) {
      var unused = publisher.send(key(i % KEYS), Publisher.event(id(i), correlation, i));
    }
    publisher.flush();
  }

  /** The lag of each event, from the moment at which it was due until another session sees it. */
  @Test
  void shouldKeepTheLagUnderASteadyLoadWithinItsLimits() throws Exception {
    int count = PER_SECOND * SECONDS;
    int warmUp = PER_SECOND / 2;
    long began = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
    var sending =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < count; i++) {
                while (System.nanoTime() < due(began, i)) {
                  LockSupport.parkNanos(due(began, i) - System.nanoTime());
                }
                var unused = publisher.send(key(i % KEYS), Publisher.event(id(i), correlation, i));
              }
            });
    var seen = new HashMap<String, Integer>();
    int visible = 0;
    while (visible < count) {
      assertThat(since(began)).isLessThan(Duration.ofSeconds(60));
      for (var stream : eyes.lengths().entrySet()) {
        long now = System.nanoTime();
        int key = Integer.parseInt(stream.getKey().substring(stream.getKey().lastIndexOf('-') + 1));
        for (int n = seen.getOrDefault(stream.getKey(), 0); n < stream.getValue(); n++) {
          int number = n * KEYS + key;
          if (number >= warmUp) {
            figures.record("database_adapter_lag_ms", Duration.ofNanos(now - due(began, number)));
          }
          visible++;
        }
        seen.put(stream.getKey(), stream.getValue());
      }
      pause();
    }
    sending.join();
    figures.shouldBeKept("database_adapter_lag_ms");
  }

  private static long due(long began, int number) {
    return began + number * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
  }

  @Test
  void shouldKeepTheOrderOfFiftyEventsOfOneKey() throws Exception {
    for (int i = 0; i < SAME_KEY; i++) {
      var unused = publisher.send(key(0), Publisher.event(id(i), correlation, i));
    }
    awaitStored(SAME_KEY);
    var stream = stack.stream("codegen", "consumption", "inbox/probe/" + key(0));
    assertThat(stream).hasSize(SAME_KEY);
    for (int i = 0; i < SAME_KEY; i++) {
      assertThat(stream.get(i).getVersion()).isEqualTo(i + 1L);
      assertThat(Journals.payload(stream.get(i)).path("number").intValue()).isEqualTo(i);
    }
    assertThat(stream).extracting(RecordedEvent::getPosition).isSorted();
    assertThat(
            stack.count(
                "select count(*) from event_logs"
                    + " where correlation_id = ? and (payload ->> 'number')::int <> version - 1",
                correlation))
        .isZero();
  }

  @Test
  void shouldStoreAnEventThatComesSeveralTimesOnce() throws Exception {
    var events = new ArrayList<String>();
    for (int i = 0; i < 30; i++) {
      events.add(Publisher.event(id(i), correlation, i));
    }
    int delivered = 0;
    for (int time = 0; time < 3; time++) {
      for (String event : events) {
        var unused = publisher.send(key(0), event);
        delivered++;
      }
    }
    awaitStored(events.size());
    for (String event : events.reversed()) {
      publisher.publish(key(0), event);
      delivered++;
    }
    // What stands behind them all has been read: so have they.
    publisher.publish(key(0), Publisher.event(id(30), correlation, 30));
    awaitStored(events.size() + 1);
    assertThat(delivered).isEqualTo(120);
    new Tally(events.size() + 1, eyes.count(), eyes.distinct()).tell(figures);
    figures.shouldBeKept("event_loss", "duplicate_share");
    assertThat(found())
        .extracting(RecordedEvent::getVersion)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size() + 1).boxed().toList());
  }

  @Test
  void shouldReadEveryVariantOfTheEnvelope() throws Exception {
    var variants = Envelopes.variants(correlation);
    assertThat(variants).hasSize(5);
    variants.forEach((id, event) -> publisher.publish(key(0), event));
    awaitStored(variants.size());
    for (RecordedEvent event : found()) {
      assertThat(variants.values()).contains(event.getBody().toStringUtf8());
      assertThat(event.getType()).isEqualTo("org.example.variant.v1");
      assertThat(event.getOccurredAt().getSeconds()).isEqualTo(Envelopes.TIME.getEpochSecond());
      assertThat(Journals.payload(event).path("variant").textValue()).hasSize(1);
    }
    for (String id : variants.keySet()) {
      assertThat(
              stack.count(
                  "select count(*) from event_logs where correlation_id = ? and original_id = ?",
                  correlation,
                  id))
          .as(id)
          .isOne();
    }
  }

  @Test
  void shouldReadACloudEventInStructuredAndInBinaryMode() throws Exception {
    String structured = Envelopes.cloudEvent("ce-1", correlation);
    publisher.publish(
        key(0),
        structured.getBytes(UTF_8),
        Map.of("content-type", "application/cloudevents+json; charset=UTF-8"));
    publisher.publish(
        key(0),
        "{\"reading\": 7}".getBytes(UTF_8),
        Map.of(
            "content-type", "application/json",
            "ce_specversion", "1.0",
            "ce_id", "ce-2",
            "ce_type", "org.example.cloud.v1",
            "ce_source", "/probe",
            "ce_time", Envelopes.TIME.toString(),
            "ce_correlationid", correlation.toString()));
    awaitStored(2);
    assertThat(found()).extracting(RecordedEvent::getType).containsOnly("org.example.cloud.v1");
    assertThat(found().getFirst().getBody().toStringUtf8()).isEqualTo(structured);
    assertThat(found().getLast().getBody().toStringUtf8()).isEqualTo("{\"reading\": 7}");
    assertThat(
            stack.count(
                "select count(*) from event_logs where correlation_id = ?"
                    + " and original_id in ('ce-1', 'ce-2') and stream like 'codegen/default/%'",
                correlation))
        .isEqualTo(2);
  }
}
