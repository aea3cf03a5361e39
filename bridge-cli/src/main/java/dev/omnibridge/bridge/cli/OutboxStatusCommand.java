// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.util.Durations;
import dev.omnibridge.api.log.v1.BreakerState;
import dev.omnibridge.api.log.v1.DependencyState;
import dev.omnibridge.api.log.v1.GetOutboxRequest;
import dev.omnibridge.api.log.v1.GetOutboxResponse;
import dev.omnibridge.api.log.v1.OutboxLane;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how far every lane of the outbox is, and who relays it. */
@Command(
    name = "status",
    description = {
      "Shows how far Kafka has every lane of the log, who relays it, and what waits.",
      "The breakers are those of the db-adapter that answers."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge outbox status",
      "  ./bridge outbox status -o json | jq '[.lanes[].backlog | tonumber] | add'"
    })
final class OutboxStatusCommand implements Callable<Integer> {
  private static final int DEAD_LETTERS = -1;
  private static final int REDRIVES = -2;
  private static final int SHORT_ID = 8;

  private final Setting setting;

  @Mixin private ClientOptions client = new ClientOptions();

  OutboxStatusCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      GetOutboxResponse status =
          session
              .client()
              .call(
                  Peer.DB_ADAPTER,
                  OutboxServiceGrpc.getGetOutboxMethod(),
                  GetOutboxRequest.getDefaultInstance());
      if (session.json()) {
        session.document(ProtoJson.of(status));
      } else {
        print(session, status);
      }
      return ExitCode.OK.code();
    }
  }

  private static void print(Session session, GetOutboxResponse status) {
    var table =
        new Table(session.palette(), "LANE", "RELAYED BY", ">RELAYED", ">HEAD", ">WAITING", ">FOR");
    for (OutboxLane lane : status.getLanesList()) {
      boolean letters = lane.getLane() < 0;
      table.row(
          name(lane.getLane()),
          relay(lane, status.getOwner()),
          letters ? "-" : Amounts.count(lane.getRelayedPosition()),
          letters ? "-" : Amounts.count(lane.getHeadPosition()),
          Amounts.count(lane.getBacklog()),
          lane.getBacklog() == 0
              ? "-"
              : Amounts.span(Duration.ofNanos(Durations.toNanos(lane.getLag()))));
    }
    session.table(table);
    status.getDependenciesList().forEach(one -> session.line(dependency(one)));
  }

  private static Object name(int lane) {
    return switch (lane) {
      case DEAD_LETTERS -> "dead letters";
      case REDRIVES -> "redrives";
      default -> lane;
    };
  }

  private static String relay(OutboxLane lane, String answering) {
    if (!lane.getHeld()) {
      return "nobody";
    }
    String id = lane.getOwner().substring(0, Math.min(SHORT_ID, lane.getOwner().length()));
    return lane.getOwner().equals(answering) ? id + " (answers)" : id;
  }

  private static String dependency(DependencyState one) {
    BreakerState state = one.getState();
    return "%-12s%s"
        .formatted(
            OneLine.of(one.getName()),
            switch (state) {
              case BREAKER_STATE_CLOSED -> "is called";
              case BREAKER_STATE_HALF_OPEN -> "is tried again";
              case BREAKER_STATE_OPEN -> "is away and not called for now";
              case BREAKER_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
            });
  }
}
