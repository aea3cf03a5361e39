// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.GetOutboxRequest;
import dev.omnibridge.api.log.v1.GetOutboxResponse;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.OutboxLane;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Events of the suite's own, each appended with the version that it must have, into streams that
 * nobody else writes; and how far Kafka has them.
 */
final class OwnEvents {
  /** Where they go; nobody in the suite consumes them. */
  static final String TOPIC = "intelligence.events.v1";

  private static final String KIND = "analysis";
  private static final String TYPE = "dev.omnibridge.intelligence.requested.v1";

  private static final Duration STILL = Duration.ofSeconds(2);

  private final Stack stack;
  private final String namespace;
  private final Map<String, Long> versions = new HashMap<>();

  OwnEvents(Stack stack, String namespace) {
    this.stack = stack;
    this.namespace = namespace;
  }

  /** The next event of each of so many streams, one after the other; durable on return. */
  void write(int streams) {
    for (int i = 0; i < streams; i++) {
      write("s-" + i);
    }
  }

  /** The next event of one stream. */
  void write(String id) {
    long before = versions.getOrDefault(id, 0L);
    var append = StreamAppend.newBuilder().setStream(name(id)).addEvents(event());
    if (before == 0) {
      append.setExpectNone(true);
    } else {
      append.setExpectedVersion(before);
    }
    var unused =
        stack
            .log()
            .append(
                AppendRequest.newBuilder()
                    .setAppendId(UUID.randomUUID().toString())
                    .addAppends(append)
                    .build());
    versions.put(id, before + 1);
  }

  private StreamName name(String id) {
    return StreamName.newBuilder().setKind(KIND).setNamespace(namespace).setId(id).build();
  }

  private NewEvent event() {
    var id = UUID.randomUUID();
    var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    var payload =
        JsonNodeFactory.instance
            .objectNode()
            .put("correlation_id", id.toString())
            .put("file_path", "F.java")
            .put("analysis_context", "story")
            .put("timestamp", now.toString());
    var envelope =
        new Envelope(id, TYPE, now, "story", namespace, id, null, null, namespace, payload);
    return NewEvent.newBuilder()
        .setEventId(id.toString())
        .setType(TYPE)
        .setOccurredAt(
            Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .setCorrelationId(id.toString())
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  /** How many were acknowledged. */
  long written() {
    return versions.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many the database holds. */
  long stored() throws Exception {
    return stored("*");
  }

  private long stored(String what) throws Exception {
    return stack.count(
        "select count(" + what + ") from event_logs where namespace = ? and stream like ?",
        namespace,
        KIND + "/%");
  }

  /** How many the database holds of those that were acknowledged. */
  Tally inTheLog() throws Exception {
    return new Tally(written(), stored(), stored("distinct event_id"));
  }

  /** All of them as the log has them, by the keys that their records have. */
  Map<String, List<RecordedEvent>> journals() {
    var journals = new HashMap<String, List<RecordedEvent>>();
    versions.forEach((id, _) -> journals.put(key(id), stack.stream(KIND, namespace, id)));
    return journals;
  }

  /** The key that the records of one stream have. */
  String key(String id) {
    return KIND + "/" + namespace + "/" + id;
  }

  /** All their records, once nothing waits for Kafka any more. */
  List<ConsumerRecord<String, byte[]>> records() {
    var keys = versions.keySet().stream().map(this::key).collect(Collectors.toSet());
    return Journals.onKafka(stack, TOPIC, keys);
  }

  /** The first occurrence of each event. */
  static List<ConsumerRecord<String, byte[]>> firsts(List<ConsumerRecord<String, byte[]>> records) {
    var seen = new HashSet<String>();
    var firsts = new ArrayList<ConsumerRecord<String, byte[]>>();
    for (var found : records) {
      if (seen.add(Journals.header(found, "ce_id"))) {
        firsts.add(found);
      }
    }
    return firsts;
  }

  /** How the log's way to Kafka is. */
  static GetOutboxResponse outbox(Stack stack) {
    return OutboxServiceGrpc.newBlockingStub(stack.channel(Peer.DB_ADAPTER))
        .withDeadlineAfter(Stack.LIMIT.toSeconds(), TimeUnit.SECONDS)
        .getOutbox(GetOutboxRequest.getDefaultInstance());
  }

  /** How many events wait for Kafka, whoever wrote them. */
  static long backlog(Stack stack) {
    return backlog(outbox(stack));
  }

  private static long backlog(GetOutboxResponse outbox) {
    return outbox.getLanesList().stream().mapToLong(OutboxLane::getBacklog).sum();
  }

  /** Until nobody has written anything for a while, and Kafka has all of it. */
  static void awaitQuiet(Stack stack) {
    var head = new AtomicLong(-1);
    var since = new AtomicLong(System.nanoTime());
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          GetOutboxResponse now = outbox(stack);
          long written = now.getLanesList().stream().mapToLong(OutboxLane::getHeadPosition).sum();
          if (head.getAndSet(written) != written || backlog(now) > 0) {
            since.set(System.nanoTime());
          }
          return System.nanoTime() - since.get() > STILL.toNanos();
        });
  }

  /** Until none does; gives the time that took. */
  static Duration awaitDrained(Stack stack) {
    long began = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> backlog(stack) == 0);
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
