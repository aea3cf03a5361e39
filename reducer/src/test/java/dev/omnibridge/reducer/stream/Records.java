// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Fact.Ended;
import dev.omnibridge.reducer.fold.Fact.Moved;
import dev.omnibridge.reducer.fold.Fact.Noted;
import dev.omnibridge.reducer.fold.Fact.Restamped;
import dev.omnibridge.reducer.fold.Fact.Stamped;
import dev.omnibridge.reducer.fold.Fact.Started;
import dev.omnibridge.reducer.fold.Fact.StepEnded;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Events as they are on Kafka. */
public final class Records {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private Records() {}

  /** The record of an event, with the headers that the relay gives it. */
  public static ConsumerRecord<byte[], byte[]> record(
      String topic, int partition, long offset, Heard event) {
    var record = new ConsumerRecord<>(topic, partition, offset, new byte[0], body(event));
    header(record, EventHeaders.STREAM, name(event.stream()));
    header(record, EventHeaders.VERSION, Long.toString(event.version()));
    return record;
  }

  static void header(ConsumerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** The event as the log takes it. */
  public static NewEvent event(Heard event) {
    return NewEvent.newBuilder()
        .setEventId(id(event).toString())
        .setType(type(event.fact()))
        .setOccurredAt(Appends.timestamp(event.at()))
        .setBody(ByteString.copyFrom(body(event)))
        .build();
  }

  private static UUID id(Heard event) {
    return Ids.derived(name(event.stream()), Long.toString(event.version()));
  }

  static byte[] body(Heard event) {
    return new Envelope(
            id(event),
            type(event.fact()),
            event.at(),
            "test",
            event.stream().namespace(),
            null,
            null,
            null,
            name(event.stream()),
            payload(event.fact()))
        .toJson();
  }

  private static String name(StreamKey stream) {
    return stream.kind() + "/" + stream.namespace() + "/" + stream.id();
  }

  static String type(Fact fact) {
    return switch (fact) {
      case Started _ -> "dev.omnibridge.workflow.started.v1";
      case Moved _ -> "dev.omnibridge.workflow.state-transition.v1";
      case StepEnded _ -> "dev.omnibridge.workflow.step-completed.v1";
      case Ended ended ->
          switch (ended.outcome()) {
            case COMPLETED -> "dev.omnibridge.workflow.completed.v1";
            case FAILED -> "dev.omnibridge.workflow.failed.v1";
            default -> "dev.omnibridge.workflow.cancelled.v1";
          };
      case Stamped _ -> "dev.omnibridge.metadata.stamp-created.v1";
      case Restamped _ -> "dev.omnibridge.metadata.stamp-revised.v1";
      case Noted _ -> "dev.omnibridge.workflow.step-attempt-failed.v1";
    };
  }

  private static ObjectNode payload(Fact fact) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    return switch (fact) {
      case Moved(String from, String to) -> json.put("from_state", from).put("to_state", to);
      case StepEnded(boolean degraded) -> json.put("status", degraded ? "degraded" : "completed");
      case Stamped(long size, String type) ->
          json.put("file_size_bytes", size).put("file_path", "file." + type);
      case Restamped(long size) -> json.put("file_size_bytes", size);
      case Started _, Ended _, Noted _ -> json;
    };
  }

  static StreamKey run(int number) {
    return new StreamKey("workflow", "default", "00000000-0000-7000-8000-%012d".formatted(number));
  }

  static Heard started(StreamKey run) {
    return new Heard(run, 1, NOON, new Started());
  }

  static Heard moved(StreamKey run, long version, String from, String to) {
    return new Heard(run, version, NOON, new Moved(from, to));
  }

  static Heard step(StreamKey run, long version) {
    return new Heard(run, version, NOON, new StepEnded(false));
  }
}
