// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists workflows, newest first. */
@Command(
    name = "list",
    description = "Lists workflows, newest first.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge list --state RUNNING --state WAITING",
      "  ./bridge list --type examples/hello --limit 5 -o json"
    })
final class ListCommand implements Callable<Integer> {
  private static final int MOST_PER_PAGE = 1_000;

  private final Setting setting;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "RUNNING, COMPLETED, ...; may be repeated; all without.")
  private List<WorkflowState> states = new ArrayList<>();

  @Option(names = "--type", description = "<namespace>/<name> of the definition; all without.")
  private String type = "";

  @Option(names = "--namespace", paramLabel = "NAME", description = "Tenant; all without.")
  private String namespace = "";

  @Mixin private PageOptions pages = new PageOptions();
  @Mixin private ClientOptions client = new ClientOptions();

  ListCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    pages.check();
    try (Session session = client.open(setting)) {
      var found =
          pages.read(
              MOST_PER_PAGE,
              (size, token) -> {
                var page =
                    session
                        .client()
                        .call(
                            Peer.ORCHESTRATOR,
                            WorkflowServiceGrpc.getListWorkflowsMethod(),
                            request(size, token));
                return new PageOptions.Page<>(page.getWorkflowsList(), page.getNextPageToken());
              });
      new WorkflowView(session).list(found.items(), found.next());
      return ExitCode.OK.code();
    }
  }

  private ListWorkflowsRequest request(int size, String token) {
    return ListWorkflowsRequest.newBuilder()
        .setPageSize(size)
        .setPageToken(token)
        .setNamespace(namespace)
        .addAllStates(states)
        .setWorkflowType(type)
        .build();
  }
}
