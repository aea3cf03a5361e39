// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.PositionMove;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.reducer.fold.BridgeJson;
import dev.omnibridge.reducer.fold.BridgePhase;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Intent.Transition;
import dev.omnibridge.reducer.fold.Phase;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.fold.ViewJson;
import dev.omnibridge.reducer.store.ViewKey;
import dev.omnibridge.reducer.stream.Work.Item;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Envelope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Appends as the log wants them. */
record Appends(InstantSource clock, RandomGenerator random) {
  private static final String COMMITTED = "dev.omnibridge.state.committed.v1";
  private static final String GAVE_UP = "dev.omnibridge.state.reducer-gave-up.v1";

  /** Everything of a draft, with the positions that it passes. */
  AppendRequest commit(
      Draft draft, Map<String, BridgeState> bridges, Collection<PositionMove> moves) {
    var request = AppendRequest.newBuilder().setAppendId(UUID.randomUUID().toString());
    draft.views().forEach((stream, view) -> request.addRows(row(stream, view)));
    draft.transitions().forEach(transition -> request.addRows(row(transition)));
    bridges.values().forEach(state -> request.addRows(row(state)));
    bridges
        .values()
        .forEach(state ->
            request.addAppends(
                event(
                    state.namespace(),
                    COMMITTED,
                    committed(state, draft.events(state.namespace())))));
    return request.addAllPositions(moves).addAllDeadLetters(draft.deadLetters()).build();
  }

  /** The word that a batch could not be committed. */
  AppendRequest gaveUp(String namespace, int attempts, Fault last, Item first) {
    ObjectNode payload =
        JsonNodeFactory.instance
            .objectNode()
            .put("namespace", namespace)
            .put("attempts", attempts)
            .put("last_error", last.reason() + ": " + last.sentence())
            .put("topic", first.record().topic())
            .put("partition", first.record().partition())
            .put("offset", first.record().offset());
    return AppendRequest.newBuilder()
        .setAppendId(UUID.randomUUID().toString())
        .addAppends(event(namespace, GAVE_UP, payload))
        .build();
  }

  private static ObjectNode committed(BridgeState state, int events) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("namespace", state.namespace())
        .put("state_version", state.version())
        .put("fsm_state", BridgePhase.IDLE.text())
        .put("events_folded", events)
        .put("total_items_aggregated", state.counters().stamps())
        .put("total_workflows_processed", state.counters().ended());
  }

  private StreamAppend event(String namespace, String type, ObjectNode payload) {
    Instant now = clock.instant();
    UUID id = Ids.uuid7(now, random);
    payload.put("timestamp", now.toString());
    var body =
        new Envelope(
            id,
            type,
            now,
            "reducer",
            namespace,
            null,
            null,
            null,
            "bridge/%s/%s".formatted(namespace, namespace),
            payload);
    return StreamAppend.newBuilder()
        .setStream(
            StreamName.newBuilder().setKind("bridge").setNamespace(namespace).setId(namespace))
        .setExpectAny(true)
        .addEvents(
            NewEvent.newBuilder()
                .setEventId(id.toString())
                .setType(type)
                .setOccurredAt(timestamp(now))
                .setBody(ByteString.copyFrom(body.toJson())))
        .build();
  }

  private static StateRow row(StreamKey stream, StreamView view) {
    ViewKey key = ViewKey.of(stream);
    return StateRow.newBuilder()
        .setWorkflowState(
            WorkflowStateRow.newBuilder()
                .setNamespace(key.namespace())
                .setRunId(key.id())
                .setVersion(view.version())
                .setState(ViewJson.state(view))
                .setData(ByteString.copyFromUtf8(ViewJson.write(view).toString())))
        .build();
  }

  private static StateRow row(Transition transition) {
    return StateRow.newBuilder()
        .setTransition(
            TransitionRow.newBuilder()
                .setNamespace(transition.stream().namespace())
                .setEntityId(transition.stream().id())
                .setEntityType(transition.stream().kind())
                .setVersion(transition.version())
                .setFromState(transition.from() == Phase.ABSENT ? "" : transition.from().name())
                .setToState(transition.to().name())
                .setTransitionEvent(transition.cause())
                .setOccurredAt(timestamp(transition.at())))
        .build();
  }

  /** What is committed is settled, so its phase is idle again. */
  private static StateRow row(BridgeState state) {
    var row =
        BridgeStateRow.newBuilder()
            .setNamespace(state.namespace())
            .setFsmState(BridgePhase.IDLE.text())
            .setVersion(state.version())
            .setTotalWorkflowsProcessed(state.counters().ended())
            .setTotalItemsAggregated(state.counters().stamps())
            .setTotalSizeBytes(Math.max(0, state.counters().bytes()))
            .setState(ByteString.copyFromUtf8(BridgeJson.write(state).toString()));
    if (state.lastEventAt() != null) {
      row.setLastEventAt(timestamp(state.lastEventAt()));
    }
    return StateRow.newBuilder().setBridgeState(row).build();
  }

  static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
