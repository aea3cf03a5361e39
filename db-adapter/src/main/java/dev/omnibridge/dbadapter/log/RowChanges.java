// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.DefinitionRow;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.runtime.Fault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a batch, each at most once and in the order of its key: every transaction locks rows
 * in the same order. Where a batch has several for a key, the newest is kept, but for stamps.
 */
public final class RowChanges {

  /** A workflow's row with the shard of its stream. */
  public record PlacedWorkflow(WorkflowRow row, int shard) {}

  private final Map<String, Long> bridgeVersions;
  private final Map<String, PlacedWorkflow> workflows = new TreeMap<>();
  private final Map<String, DefinitionRow> definitions = new TreeMap<>();
  private final List<StampRow> stamps = new ArrayList<>();
  private final Map<String, BridgeStateRow> bridgeStates = new TreeMap<>();
  private final Map<String, WorkflowStateRow> projections = new TreeMap<>();
  private final Map<String, TransitionRow> transitions = new TreeMap<>();

  RowChanges(Map<String, Long> bridgeVersions) {
    this.bridgeVersions = bridgeVersions;
  }

  /** Rows of workflows alone. */
  public static RowChanges ofWorkflows(Collection<PlacedWorkflow> placed) {
    var changes = new RowChanges(Map.of());
    placed.forEach(one -> changes.workflows.put(one.row().getRunId(), one));
    return changes;
  }

  /** A bridge state that is not newer than the stored one was folded from an outdated one. */
  @Nullable Fault refusal(List<StateRow> rows) {
    for (StateRow row : rows) {
      if (row.hasBridgeState()) {
        BridgeStateRow state = row.getBridgeState();
        long stored = bridgeVersion(state.getNamespace());
        if (state.getVersion() <= stored) {
          return Fault.of(
                  Fault.Kind.CONFLICT,
                  Batch.ROW_CONFLICT,
                  "The bridge state of %s is at version %d already."
                      .formatted(state.getNamespace(), stored))
              .with("namespace", state.getNamespace())
              .with("version", state.getVersion())
              .with("actual_version", stored);
        }
      }
    }
    return null;
  }

  private long bridgeVersion(String namespace) {
    BridgeStateRow earlier = bridgeStates.get(namespace);
    return earlier == null ? bridgeVersions.getOrDefault(namespace, 0L) : earlier.getVersion();
  }

  void add(List<StateRow> rows, ToIntFunction<StreamId> shards) {
    for (StateRow row : rows) {
      switch (row.getRowCase()) {
        case WORKFLOW -> add(row.getWorkflow(), shards);
        case DEFINITION ->
            definitions.putIfAbsent(row.getDefinition().getDefinitionHash(), row.getDefinition());
        case STAMP -> stamps.add(row.getStamp());
        case BRIDGE_STATE ->
            bridgeStates.put(row.getBridgeState().getNamespace(), row.getBridgeState());
        case WORKFLOW_STATE -> {
          WorkflowStateRow state = row.getWorkflowState();
          projections.merge(
              key(state.getNamespace(), state.getRunId()),
              state,
              (a, b) -> b.getVersion() > a.getVersion() ? b : a);
        }
        case TRANSITION -> {
          TransitionRow move = row.getTransition();
          transitions.putIfAbsent(
              key(
                  move.getNamespace(),
                  move.getEntityType(),
                  move.getEntityId(),
                  "%019d".formatted(move.getVersion())),
              move);
        }
        case ROW_NOT_SET -> throw new IllegalStateException("An empty row passed the checks");
      }
    }
  }

  private void add(WorkflowRow row, ToIntFunction<StreamId> shards) {
    var stream = new StreamId("workflow", row.getNamespace(), row.getRunId());
    workflows.merge(
        row.getRunId(),
        new PlacedWorkflow(row, shards.applyAsInt(stream)),
        (a, b) -> b.row().getVersion() >= a.row().getVersion() ? b : a);
  }

  private static String key(String... parts) {
    return String.join("\0", parts);
  }

  boolean isEmpty() {
    return workflows.isEmpty()
        && definitions.isEmpty()
        && stamps.isEmpty()
        && bridgeStates.isEmpty()
        && projections.isEmpty()
        && transitions.isEmpty();
  }

  public Collection<PlacedWorkflow> workflows() {
    return workflows.values();
  }

  public Collection<DefinitionRow> definitions() {
    return definitions.values();
  }

  /** Every revision, in the order of the appends: each is a leaf of its namespace's log. */
  public Collection<StampRow> stamps() {
    return stamps;
  }

  /** The bridge states that have a row already, or those that have none. */
  public Collection<BridgeStateRow> bridgeStates(boolean created) {
    return bridgeStates.values().stream()
        .filter(state -> bridgeVersions.containsKey(state.getNamespace()) != created)
        .toList();
  }

  public Collection<WorkflowStateRow> projections() {
    return projections.values();
  }

  public Collection<TransitionRow> transitions() {
    return transitions.values();
  }
}
