// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Workflows;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the events of a workflow up to now, as the log holds them. */
@Command(
    name = "history",
    description = "Shows the events of a workflow up to now, as the log holds them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge history order-17",
      "  ./bridge history order-17 -o json | jq '.events[].body.payload'"
    })
final class HistoryCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(paramLabel = "ID", description = "Workflow id, or the id of a run.")
  private String id = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--after",
      paramLabel = "VERSION",
      description = "Only events with a greater version.")
  private long after;

  @Mixin private ClientOptions client = new ClientOptions();

  HistoryCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      Workflow workflow = session.workflows().get(Workflows.key(namespace, id));
      List<RecordedEvent> events = session.workflows().events(Workflows.stream(workflow), after);
      new EventsView(session).print(events, "", "");
      return ExitCode.OK.code();
    }
  }
}
