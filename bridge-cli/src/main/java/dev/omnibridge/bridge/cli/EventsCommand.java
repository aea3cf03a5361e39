// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.concurrent.Callable;
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
      "  ./bridge events --type dev.omnibridge.metadata.stamp-created.v1 --since 2026-11-21",
      "  ./bridge events --since 1d --type dev.omnibridge.workflow.failed.v1 --field workflow_id=order-7"
    })
final class EventsCommand implements Callable<Integer> {
  private static final Duration WITHOUT_FILTER = Duration.ofHours(1);
  private static final int MOST_PER_PAGE = 1_000;

  private final Setting setting;

  @Mixin private EventFilters filters = new EventFilters();

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
      var found =
          pages.read(
              MOST_PER_PAGE,
              (size, token) -> {
                var request = question.toBuilder().setPageSize(size).setPageToken(token).build();
                var page =
                    open.client()
                        .call(Peer.DB_ADAPTER, LogServiceGrpc.getQueryEventsMethod(), request);
                return new PageOptions.Page<>(page.getEventsList(), page.getNextPageToken());
              });
      new EventsView(open).print(found.items(), found.next(), EventFilters.times(question));
      return ExitCode.OK.code();
    }
  }

  private QueryEventsRequest question() {
    var question = filters.question().setOldestFirst(oldestFirst);
    if (filters.hasNoBound()) {
      question.setSince(Amounts.timestamp(setting.clock().instant().minus(WITHOUT_FILTER)));
    }
    return question.build();
  }
}
