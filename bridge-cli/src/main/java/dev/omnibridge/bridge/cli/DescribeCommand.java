// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one workflow, and what the reducer has folded of it. */
@Command(
    name = "describe",
    description = "Shows one workflow: where it stands, its result, and the reducer's view of it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge describe order-17",
      "  ./bridge describe order-17 -o json | jq .workflow.output"
    })
final class DescribeCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(paramLabel = "ID", description = "Workflow id, or the id of a run.")
  private String id = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Mixin private ClientOptions client = new ClientOptions();

  DescribeCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      Workflow workflow = session.workflows().get(Workflows.key(namespace, id));
      List<GetWorkflowStateResponse> folded = folded(session, workflow);
      if (session.json()) {
        ObjectNode document = session.object();
        document.set("workflow", ProtoJson.of(workflow));
        folded.forEach(state -> document.set("reducer", ProtoJson.of(state)));
        session.document(document);
      } else {
        new WorkflowView(session).details(workflow, folded);
      }
      return ExitCode.OK.code();
    }
  }

  /** The workflow can be shown without the reducer, so its absence is only a remark. */
  private static List<GetWorkflowStateResponse> folded(Session session, Workflow workflow) {
    var request =
        GetWorkflowStateRequest.newBuilder()
            .setNamespace(workflow.getNamespace())
            .setRunId(workflow.getRunId())
            .setRequiredVersion(workflow.getVersion())
            .build();
    try {
      return List.of(
          session
              .client()
              .call(Peer.REDUCER, StateServiceGrpc.getGetWorkflowStateMethod(), request));
    } catch (Fault withoutReducer) {
      session.remark("no view of the reducer: " + withoutReducer.sentence());
      return List.of();
    }
  }
}
