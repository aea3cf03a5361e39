// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.WorkflowWatch;
import dev.omnibridge.bridge.client.Workflows;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows a workflow's events to its end. */
@Command(
    name = "watch",
    description = "Follows a workflow's events, those of the past first, to its end.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge watch order-17",
      "  ./bridge watch order-17 --after 12 -o json     one JSON document per event"
    })
final class WatchCommand implements Callable<Integer> {
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

  @Option(
      names = "--timeout",
      paramLabel = "SPAN",
      description = "How long to follow, like 30s or 10m (default: 24h).")
  private Duration timeout = Duration.ofHours(24);

  @Mixin private ClientOptions client = new ClientOptions();

  WatchCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      var view = new WorkflowView(session);
      var key = Workflows.key(namespace, id);
      new WorkflowWatch(session.client(), key, after, timeout)
          .forEach(event -> {
            view.event(event);
            session.requireWritten();
          });
      Workflow ended = session.workflows().get(key);
      ExitCode exit = WorkflowView.exit(ended);
      if (exit != ExitCode.OK) {
        session.remark(id + " ended " + StateConverter.name(ended.getState()));
      }
      return exit.code();
    }
  }
}
