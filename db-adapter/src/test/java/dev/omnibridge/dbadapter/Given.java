// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.PositionMove;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Envelope;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** Requests that tests send. */
final class Given {
  static final String STEP_COMPLETED = "dev.omnibridge.workflow.step-completed.v1";
  static final String HASH = "ab".repeat(32);

  private static final RandomGenerator RANDOM =
      RandomGeneratorFactory.of("L64X128MixRandom").create(System.nanoTime());

  private Given() {}

  static synchronized UUID id() {
    return Ids.uuid7(Instant.now(), RANDOM);
  }

  /** With the inbox, and with topics of this environment. */
  static DbAdapterConfig withInbox(DbAdapterConfig config, String environment, String kafka) {
    return on(config, environment, kafka, true, config.outbox());
  }

  /** The same with another Kafka, and another way to it and from it. */
  static DbAdapterConfig on(
      DbAdapterConfig config,
      String environment,
      String kafka,
      boolean inbox,
      OutboxConfig outbox) {
    return new DbAdapterConfig(
        environment,
        kafka,
        config.postgres(),
        config.lanes(),
        config.inboxLanes(),
        config.writers(),
        config.readers(),
        config.maxContentBytes(),
        config.contentKept(),
        config.startLimit(),
        inbox,
        outbox,
        config.deadLetters(),
        config.eventsKept());
  }

  static StreamName run() {
    return run("default");
  }

  static StreamName run(String namespace) {
    return stream("workflow", namespace, id().toString());
  }

  static StreamName stream(String kind, String namespace, String id) {
    return StreamName.newBuilder().setKind(kind).setNamespace(namespace).setId(id).build();
  }

  static Timestamp now() {
    var now = Instant.now();
    return Timestamp.newBuilder()
        .setSeconds(now.getEpochSecond())
        .setNanos(now.getNano() / 1000 * 1000)
        .build();
  }

  static NewEvent event() {
    return event(id());
  }

  static NewEvent event(UUID correlation) {
    return event(correlation, STEP_COMPLETED);
  }

  static NewEvent event(UUID correlation, String type) {
    var eventId = id();
    var now = now();
    var payload =
        JsonNodeFactory.instance
            .objectNode()
            .put("workflow_id", "order-7")
            .put("run_id", id().toString())
            .put("step_id", "/do/0/say")
            .put("step_type", "call")
            .put("status", "completed")
            .put("timestamp", Instant.now().toString());
    var envelope =
        new Envelope(
            eventId,
            type,
            Instant.ofEpochSecond(now.getSeconds(), now.getNanos()),
            "test",
            "default",
            correlation,
            null,
            null,
            "workflow/default/x",
            payload);
    return NewEvent.newBuilder()
        .setEventId(eventId.toString())
        .setType(type)
        .setOccurredAt(now)
        .setCorrelationId(correlation.toString())
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  static List<NewEvent> events(int count) {
    return IntStream.range(0, count).mapToObj(_ -> event()).toList();
  }

  static StreamAppend first(StreamName stream, int events) {
    return StreamAppend.newBuilder()
        .setStream(stream)
        .setExpectNone(true)
        .addAllEvents(events(events))
        .build();
  }

  static StreamAppend at(StreamName stream, long version, int events) {
    return StreamAppend.newBuilder()
        .setStream(stream)
        .setExpectedVersion(version)
        .addAllEvents(events(events))
        .build();
  }

  static StreamAppend any(StreamName stream, int events) {
    return StreamAppend.newBuilder()
        .setStream(stream)
        .setExpectAny(true)
        .addAllEvents(events(events))
        .build();
  }

  static AppendRequest.Builder append(StreamAppend... appends) {
    return AppendRequest.newBuilder().setAppendId(id().toString()).addAllAppends(List.of(appends));
  }

  static WorkflowRow.Builder row(StreamName run, long version) {
    return WorkflowRow.newBuilder()
        .setNamespace(run.getNamespace())
        .setWorkflowId("wf-" + run.getId())
        .setRunId(run.getId())
        .setWorkflowType("examples/hello")
        .setState("RUNNING")
        .setDefinitionHash(HASH)
        .setStartedAt(now())
        .setVersion(version);
  }

  static StateRow workflow(WorkflowRow.Builder row) {
    return StateRow.newBuilder().setWorkflow(row).build();
  }

  static SubmitClaim.Builder claim(StreamName run, String workflowId) {
    return SubmitClaim.newBuilder()
        .setNamespace(run.getNamespace())
        .setByWorkflowId(true)
        .setWorkflowId(workflowId)
        .setRunId(run.getId())
        .setDefinitionHash(HASH)
        .setInputHash("cd".repeat(32))
        .setLabelsHash("ef".repeat(32));
  }

  static PositionMove move(String consumer, int partition, long expected, long next) {
    return PositionMove.newBuilder()
        .setPartition(
            ConsumerPartition.newBuilder()
                .setConsumer(consumer)
                .setClusterId("cluster")
                .setTopicId("topic")
                .setPartition(partition))
        .setExpectedOffset(expected)
        .setNextOffset(next)
        .build();
  }
}
