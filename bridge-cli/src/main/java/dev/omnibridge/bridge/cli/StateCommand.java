// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.util.Durations;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows what the reducer has folded for a namespace, or for all. */
@Command(
    name = "state",
    description = "Shows what the stream adds up to, for a namespace or for all.",
    footerHeading = "%nExamples:%n",
    footer = {"  ./bridge state", "  ./bridge state default -o json | jq .totalStamps"})
final class StateCommand implements Callable<Integer> {
  private static final int FILE_TYPES_SHOWN = 12;

  private final Setting setting;

  @Parameters(
      paramLabel = "NAMESPACE",
      arity = "0..1",
      description = "Tenant; a table of all without.")
  private String namespace = "";

  @Mixin private ClientOptions client = new ClientOptions();

  StateCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      if (namespace.isEmpty()) {
        all(session);
      } else {
        one(session);
      }
      return ExitCode.OK.code();
    }
  }

  private void one(Session session) {
    var request = GetBridgeStateRequest.newBuilder().setNamespace(namespace).build();
    BridgeState state =
        session
            .client()
            .call(Peer.REDUCER, StateServiceGrpc.getGetBridgeStateMethod(), request)
            .getState();
    if (session.json()) {
      session.document(ProtoJson.of(state));
      return;
    }
    field(session, "namespace", session.palette().bold(OneLine.of(state.getNamespace())));
    field(session, "state", OneLine.of(state.getFsmState()) + " at version " + state.getVersion());
    field(session, "workflows", workflows(state));
    field(
        session,
        "steps",
        "%s, of which %s degraded"
            .formatted(
                Amounts.count(state.getStepsCompleted()), Amounts.count(state.getStepsDegraded())));
    field(
        session,
        "stamps",
        "%s of %s"
            .formatted(
                Amounts.count(state.getTotalStamps()), Amounts.bytes(state.getTotalSizeBytes())));
    field(session, "file types", fileTypes(state.getFileTypesMap()));
    field(session, "events", Amounts.count(state.getEventsFolded()) + " folded");
    if (state.hasMeanWorkflowDuration()) {
      field(session, "mean time", Amounts.span(meanDuration(state)));
    }
    if (state.hasLastEventTime()) {
      field(session, "last event", Amounts.dayAndTime(state.getLastEventTime(), setting.clock()));
    }
  }

  private static String workflows(BridgeState state) {
    return "%s active, %s completed, %s failed, %s cancelled"
        .formatted(
            Amounts.count(state.getWorkflowsActive()),
            Amounts.count(state.getWorkflowsCompleted()),
            Amounts.count(state.getWorkflowsFailed()),
            Amounts.count(state.getWorkflowsCancelled()));
  }

  private static Duration meanDuration(BridgeState state) {
    return Duration.ofNanos(Durations.toNanos(state.getMeanWorkflowDuration()));
  }

  private static String fileTypes(Map<String, Long> types) {
    return types.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(FILE_TYPES_SHOWN)
        .map(type -> OneLine.of(type.getKey()) + " " + Amounts.count(type.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static void field(Session session, String name, String value) {
    session.line(session.palette().dim("%-12s".formatted(name)) + value);
  }

  private static void all(Session session) {
    List<BridgeState> states = new ArrayList<>();
    String token = "";
    do {
      var request = ListBridgeStatesRequest.newBuilder().setPageToken(token).build();
      var page =
          session
              .client()
              .call(Peer.REDUCER, StateServiceGrpc.getListBridgeStatesMethod(), request);
      states.addAll(page.getStatesList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    if (session.json()) {
      ObjectNode document = session.object();
      var array = document.putArray("states");
      states.forEach(state -> array.add(ProtoJson.of(state)));
      session.document(document);
    } else {
      session.table(table(session, states));
    }
  }

  private static Table table(Session session, List<BridgeState> states) {
    var table =
        new Table(
            session.palette(),
            "NAMESPACE",
            "STATE",
            ">VERSION",
            ">ACTIVE",
            ">COMPLETED",
            ">FAILED",
            ">CANCELLED",
            ">STAMPS",
            ">SIZE",
            ">EVENTS");
    for (BridgeState state : states) {
      table.row(
          state.getNamespace(),
          state.getFsmState(),
          state.getVersion(),
          state.getWorkflowsActive(),
          state.getWorkflowsCompleted(),
          state.getWorkflowsFailed(),
          state.getWorkflowsCancelled(),
          state.getTotalStamps(),
          Amounts.bytes(state.getTotalSizeBytes()),
          state.getEventsFolded());
    }
    return table;
  }
}
