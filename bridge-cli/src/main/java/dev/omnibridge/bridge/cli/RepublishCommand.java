// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.LanePlace;
import dev.omnibridge.api.log.v1.LaneRange;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.api.log.v1.RepublishResponse;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends events of the log to Kafka again. */
@Command(
    name = "republish",
    description = {
      "Sends events that Kafka had already to their topics again: those for which everything holds"
          + " that is given. For a broker that came in the place of another, --all.",
      "Runs while the command runs. What was sent is told; --after goes on behind it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge outbox republish --all --dry-run",
      "  ./bridge outbox republish --since 2026-11-21T10:00:00Z --rate 5000",
      "  ./bridge outbox republish --stream workflow/default/<run id>",
      "  ./bridge outbox republish --all --after 2:148213"
    })
final class RepublishCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofDays(1);

  private final Setting setting;

  @Option(names = "--all", description = "Everything; needed when nothing else is given.")
  private boolean all;

  @Option(names = "--since", paramLabel = "TIME", description = "What occurred at or after it.")
  private @Nullable Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "What occurred before it.")
  private @Nullable Instant until;

  @Option(names = "--topic", description = "Full name of a topic; may be given several times.")
  private List<String> topics = new ArrayList<>();

  @Option(names = "--stream", paramLabel = "KIND/NAMESPACE/ID", description = "One stream.")
  private String stream = "";

  @Option(names = "--correlation", paramLabel = "UUID", description = "What one request caused.")
  private String correlation = "";

  @Option(
      names = "--range",
      paramLabel = "LANE:FROM-TO",
      description = "Positions of one lane, like 2:1000-2000; without TO to the end.")
  private @Nullable PositionRange range;

  @Option(names = "--dry-run", description = "Only says how many there are.")
  private boolean dryRun;

  @Option(names = "--rate", paramLabel = "N", description = "At most N per second; 1000 without.")
  private int perSecond;

  @Option(names = "--limit", paramLabel = "N", description = "Ends after N; 1000000 without.")
  private long most;

  @Option(
      names = "--after",
      paramLabel = "LANE:POSITION",
      description = "Goes on behind the place that was told.")
  private @Nullable PositionRange after;

  @Mixin private ClientOptions client = new ClientOptions();

  RepublishCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    RepublishRequest request = request();
    try (Session session = client.open(setting)) {
      var last = new RepublishResponse[] {RepublishResponse.getDefaultInstance()};
      try {
        session.client().<RepublishRequest, RepublishResponse>stream(
            Peer.DB_ADAPTER,
            OutboxServiceGrpc.getRepublishMethod(),
            request,
            LIMIT,
            progress -> {
              last[0] = progress;
              tell(session, progress);
            });
      } catch (Fault broken) {
        if (last[0].hasPlace()) {
          session.remark("It ended; go on with --after " + place(last[0].getPlace()));
        }
        throw broken;
      }
      end(session, last[0]);
      return ExitCode.OK.code();
    }
  }

  private RepublishRequest request() {
    var request =
        RepublishRequest.newBuilder()
            .setAll(all)
            .addAllTopics(topics)
            .setCorrelationId(correlation)
            .setDryRun(dryRun)
            .setPerSecond(perSecond)
            .setMaxEvents(most);
    if (since != null) {
      request.setSince(Amounts.timestamp(since));
    }
    if (until != null) {
      request.setUntil(Amounts.timestamp(until));
    }
    if (!stream.isEmpty()) {
      request.setStream(Streams.named(stream));
    }
    if (range != null) {
      request.setRange(
          LaneRange.newBuilder()
              .setLane(range.lane())
              .setFromPosition(range.from())
              .setToPosition(range.to()));
    }
    if (after != null) {
      request.setAfter(LanePlace.newBuilder().setLane(after.lane()).setPosition(after.from()));
    }
    return request.build();
  }

  private void tell(Session session, RepublishResponse progress) {
    if (!progress.getDone()) {
      session.remark(
          "%s of %s looked at, up to %s"
              .formatted(
                  Amounts.count(progress.getEvents()),
                  Amounts.count(progress.getScanned()),
                  place(progress.getPlace())));
    }
  }

  private void end(Session session, RepublishResponse last) {
    if (session.json()) {
      session.document(ProtoJson.of(last));
      return;
    }
    last.getByTopicMap().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(topic ->
            session.line(
                "%12s  %s".formatted(Amounts.count(topic.getValue()), OneLine.of(topic.getKey()))));
    session.line(
        "%12s  %s"
            .formatted(
                Amounts.count(last.getEvents()), dryRun ? "would be sent" : "were sent again"));
    if (last.getLimited()) {
      session.remark("There may be more: --after " + place(last.getPlace()));
    }
  }

  private static String place(LanePlace place) {
    return place.getLane() + ":" + place.getPosition();
  }
}
