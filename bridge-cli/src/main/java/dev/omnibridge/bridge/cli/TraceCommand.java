// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.TraceEventsRequest;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows everything that one request caused, as a tree. */
@Command(
    name = "trace",
    description = "Shows everything that one request caused, as a tree with times.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge trace 01931b2e-...           # a correlation id",
      "  ./bridge trace --workflow order-17",
      "  ./bridge trace --workflow order-17 -o json | jq '.events[].event.type'"
    })
final class TraceCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(
      paramLabel = "ID",
      description = "Correlation id; with --workflow a workflow id, or the id of a run.")
  private String id = "";

  @Option(names = "--workflow", description = "The id is that of a workflow or of a run.")
  private boolean workflow;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant of the workflow (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      description = "At most so many events, the oldest ones (default: ${DEFAULT-VALUE}).")
  private int limit = 1_000;

  @Mixin private ClientOptions client = new ClientOptions();

  TraceCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    PageOptions.check(limit);
    try (Session session = client.open(setting)) {
      String correlation =
          workflow ? session.workflows().get(Workflows.key(namespace, id)).getCorrelationId() : id;
      var request =
          TraceEventsRequest.newBuilder().setCorrelationId(correlation).setMaxEvents(limit).build();
      var trace =
          session.client().call(Peer.DB_ADAPTER, LogServiceGrpc.getTraceEventsMethod(), request);
      new TraceView(session).print(trace);
      return ExitCode.OK.code();
    }
  }
}
