// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.workflow.v1.CancelWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cancels a workflow that has not ended; doing it again changes nothing. */
@Command(
    name = "cancel",
    description = "Cancels a workflow that has not ended; doing it again changes nothing.",
    footerHeading = "%nExamples:%n",
    footer = "  ./bridge cancel order-17 --reason 'ordered twice'")
final class CancelCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(paramLabel = "ID", description = "Workflow id, or the id of a run.")
  private String id = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
  private String reason = "";

  @Mixin private ClientOptions client = new ClientOptions();

  CancelCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    var request =
        CancelWorkflowRequest.newBuilder()
            .setKey(Workflows.key(namespace, id))
            .setReason(reason)
            .build();
    try (Session session = client.open(setting)) {
      var answer =
          session
              .client()
              .call(Peer.ORCHESTRATOR, WorkflowServiceGrpc.getCancelWorkflowMethod(), request);
      new WorkflowView(session).result(answer.getWorkflow());
      return ExitCode.OK.code();
    }
  }
}
