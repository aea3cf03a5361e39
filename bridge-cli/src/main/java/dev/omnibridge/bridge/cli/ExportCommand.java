// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.ExportEventsResponse;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.EventExport;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.runtime.Fault;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes events as JSON, one a line. */
@Command(
    name = "export",
    description =
        "Writes events as JSON, one a line, oldest first; give when from, an id or a stream.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge export --from 2026-11-01 --to 2026-12-01 > november.jsonl",
      "  ./bridge export --from 1d --type dev.omnibridge.workflow.failed.v1 | jq .body.payload",
      "  ./bridge export --from 2026-11-01 --to 2026-12-01 --cursor ... >> november.jsonl"
    })
final class ExportCommand implements Callable<Integer> {
  private static final long TOLD_EVERY_NANOS = 1_000_000_000L;

  private final Setting setting;

  @Mixin private EventFilters filters = new EventFilters();

  @Option(names = "--newest-first", description = "Newest first instead of oldest first.")
  private boolean newestFirst;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Go on where an export with the same filters stopped.")
  private String cursor = "";

  @Mixin private ClientOptions client = new ClientOptions();

  private long written;
  private long told = System.nanoTime();

  ExportCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      var question = filters.question().setOldestFirst(!newestFirst).setPageToken(cursor);
      var export = new EventExport(session.client(), question.build());
      try {
        export.forEach(part -> write(session, part));
      } catch (Fault | CliFailure stopped) {
        goOn(session, export.cursor(), EventFilters.times(question));
        throw stopped;
      }
      session.remark(Amounts.count(written) + " events");
      return ExitCode.OK.code();
    }
  }

  /** A part is written whole before the next is asked for, so that its cursor is true. */
  private void write(Session session, ExportEventsResponse part) {
    for (RecordedEvent event : part.getEventsList()) {
      session.jsonLine(ProtoJson.of(event));
    }
    session.requireWritten();
    written += part.getEventsCount();
    if (System.nanoTime() - told > TOLD_EVERY_NANOS && part.getEventsCount() > 0) {
      told = System.nanoTime();
      var last = part.getEvents(part.getEventsCount() - 1);
      session.remark(
          "%s events, at %s"
              .formatted(
                  Amounts.count(written),
                  Amounts.dayAndTime(last.getOccurredAt(), setting.clock())));
    }
  }

  private void goOn(Session session, String where, String times) {
    if (!where.isEmpty()) {
      session.remark(
          "%s events written; go on behind them: the same again but with --cursor %s%s"
              .formatted(Amounts.count(written), where, times));
    }
  }
}
