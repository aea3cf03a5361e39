// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.api.state.v1.StateTransition;
import dev.omnibridge.api.state.v1.StateWindow;
import dev.omnibridge.reducer.fold.BridgePhase;
import dev.omnibridge.reducer.fold.Counters;
import dev.omnibridge.reducer.fold.Intent.Transition;
import dev.omnibridge.reducer.fold.Phase;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.CanonicalState;
import java.time.Instant;
import java.util.List;

/** The folded states as the contract has them. */
final class Answers {
  private Answers() {}

  static GetWorkflowStateResponse projection(
      WorkflowStateRow row, Workflow view, List<TransitionRow> transitions) {
    var answer =
        GetWorkflowStateResponse.newBuilder()
            .setRunId(row.getRunId())
            .setVersion(row.getVersion())
            .setState(row.getState())
            .setSource(StateSource.STATE_SOURCE_PROJECTION)
            .setStepsCompleted(view.steps())
            .setStepsDegraded(view.degraded());
    transitions.forEach(transition -> answer.addTransitions(transition(transition)));
    return answer.build();
  }

  static GetWorkflowStateResponse canonical(String runId, CanonicalState state) {
    var answer =
        GetWorkflowStateResponse.newBuilder()
            .setRunId(runId)
            .setVersion(state.view().version())
            .setState(state.view().phase().name())
            .setSource(StateSource.STATE_SOURCE_CANONICAL)
            .setStepsCompleted(state.view().steps())
            .setStepsDegraded(state.view().degraded());
    state.transitions().forEach(transition -> answer.addTransitions(transition(transition)));
    return answer.build();
  }

  private static StateTransition transition(TransitionRow row) {
    return StateTransition.newBuilder()
        .setVersion(row.getVersion())
        .setFromState(row.getFromState())
        .setToState(row.getToState())
        .setTransitionEvent(row.getTransitionEvent())
        .setOccurredAt(row.getOccurredAt())
        .build();
  }

  private static StateTransition transition(Transition transition) {
    return StateTransition.newBuilder()
        .setVersion(transition.version())
        .setFromState(transition.from() == Phase.ABSENT ? "" : transition.from().name())
        .setToState(transition.to().name())
        .setTransitionEvent(transition.cause())
        .setOccurredAt(timestamp(transition.at()))
        .build();
  }

  static BridgeState bridge(dev.omnibridge.reducer.fold.BridgeState state, BridgePhase phase) {
    Counters counters = state.counters();
    var answer =
        BridgeState.newBuilder()
            .setNamespace(state.namespace())
            .setFsmState(phase.text())
            .setVersion(state.version())
            .setWorkflowsActive(counters.active())
            .setWorkflowsCompleted(counters.completed())
            .setWorkflowsFailed(counters.failed())
            .setWorkflowsCancelled(counters.cancelled())
            .setStepsCompleted(counters.steps())
            .setStepsDegraded(counters.degraded())
            .setTotalStamps(counters.stamps())
            .setTotalSizeBytes(counters.bytes())
            .putAllFileTypes(state.fileTypes())
            .setEventsFolded(counters.events());
    state.meanWorkflowDuration().ifPresent(mean -> answer.setMeanWorkflowDuration(duration(mean)));
    if (state.lastEventAt() != null) {
      answer.setLastEventTime(timestamp(state.lastEventAt()));
    }
    state
        .windows()
        .counts()
        .forEach((start, count) -> answer.addWindows(window(state.windows(), start, count)));
    return answer.build();
  }

  private static StateWindow window(Windows windows, Instant start, Windows.Count count) {
    return StateWindow.newBuilder()
        .setStart(timestamp(start))
        .setEnd(timestamp(start.plus(windows.shape().length())))
        .setEvents(count.events())
        .setStamps(count.stamps())
        .setWorkflowsEnded(count.ended())
        .build();
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  private static Duration duration(java.time.Duration time) {
    return Duration.newBuilder().setSeconds(time.getSeconds()).setNanos(time.getNano()).build();
  }
}
