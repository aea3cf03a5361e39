// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds events in the log. */
@Command(
    name = "events",
    description = "Finds events in the log, newest first; those of the last hour without a filter.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge events --since 10m --limit 20",
      "  ./bridge events --correlation 01931b2e-...  --oldest-first",
      "  ./bridge events --stream stamp/default/9f86d081... -o json",
      "  ./bridge events --type dev.omnibridge.metadata.stamp-created.v1 --since 2026-11-21"
    })
final class EventsCommand implements Callable<Integer> {
  private static final Duration WITHOUT_FILTER = Duration.ofHours(1);
  private static final int MOST_PER_PAGE = 1_000;

  private final Setting setting;

  @Option(names = "--correlation", paramLabel = "UUID", description = "What one request caused.")
  private String correlation = "";

  @Option(names = "--causation", paramLabel = "UUID", description = "What one event caused.")
  private String causation = "";

  @Option(names = "--session", paramLabel = "UUID", description = "What a session caused.")
  private String session = "";

  @Option(
      names = "--stream",
      paramLabel = "KIND/NAMESPACE/ID",
      description = "The events of one stream, like workflow/default/<run id>.")
  private String stream = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "At or after, like 2026-11-21T10:00:00Z, or 10m for ten minutes ago.")
  private @Nullable Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "Before that time.")
  private @Nullable Instant until;

  @Option(names = "--type", description = "The exact type; needs another filter beside it.")
  private String type = "";

  @Option(names = "--oldest-first", description = "Oldest first instead of newest first.")
  private boolean oldestFirst;

  @Mixin private PageOptions pages = new PageOptions();
  @Mixin private ClientOptions client = new ClientOptions();

  EventsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    pages.check();
    QueryEventsRequest question = question();
    try (Session open = client.open(setting)) {
      var found = new ArrayList<RecordedEvent>();
      String token = pages.token();
      do {
        var request =
            question.toBuilder()
                .setPageToken(token)
                .setPageSize(Math.min(pages.limit() - found.size(), MOST_PER_PAGE))
                .build();
        var page =
            open.client().call(Peer.DB_ADAPTER, LogServiceGrpc.getQueryEventsMethod(), request);
        found.addAll(page.getEventsList());
        token = page.getNextPageToken();
      } while (!token.isEmpty() && found.size() < pages.limit());
      // A token is good only with the same filters, and a time like "10m ago" has moved on by then.
      String same = question.hasSince() ? " --since " + Amounts.instant(question.getSince()) : "";
      new EventsView(open).print(found, token, same);
      return ExitCode.OK.code();
    }
  }

  private QueryEventsRequest question() {
    var question =
        QueryEventsRequest.newBuilder()
            .setCorrelationId(correlation)
            .setCausationId(causation)
            .setSessionId(session)
            .setType(type)
            .setOldestFirst(oldestFirst);
    if (!stream.isEmpty()) {
      question.setStream(streamName(stream));
    }
    if (since != null) {
      question.setSince(Amounts.timestamp(since));
    } else if (hasNoFilter()) {
      question.setSince(Amounts.timestamp(setting.clock().instant().minus(WITHOUT_FILTER)));
    }
    if (until != null) {
      question.setUntil(Amounts.timestamp(until));
    }
    return question.build();
  }

  private boolean hasNoFilter() {
    return correlation.isEmpty()
        && causation.isEmpty()
        && session.isEmpty()
        && stream.isEmpty()
        && until == null;
  }

  private static StreamName streamName(String text) {
    String[] parts = text.split("/", 3);
    if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
      throw new CliFailure(
          ExitCode.USAGE,
          "'%s' is no stream; give KIND/NAMESPACE/ID, like workflow/default/<run id>."
              .formatted(text));
    }
    return StreamName.newBuilder().setKind(parts[0]).setNamespace(parts[1]).setId(parts[2]).build();
  }
}
