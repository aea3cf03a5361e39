// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.bridge.view.ProtoJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a workflow. Sends a request id of its own, so that its retries start nothing twice. */
@Command(
    name = "submit",
    description = "Submits a workflow, and waits for its end if asked to.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge submit examples/hello.yaml --input '{\"name\": \"Ada\"}' --wait",
      "  ./bridge submit flow.yaml --input @order.json --id order-17",
      "  cat flow.json | ./bridge submit - -o json"
    })
final class SubmitCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(
      paramLabel = "FILE",
      description = "The definition in the Open Workflow DSL 1.0, YAML or JSON; - for stdin.")
  private String file = "";

  @Option(names = "--input", paramLabel = "JSON|@FILE", description = "The input; {} without.")
  private String input = "";

  @Option(names = "--id", paramLabel = "ID", description = "Workflow id; the run id without.")
  private String id = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Makes a repeat of the whole command safe for 7 days; a fresh one without.")
  private String requestId = "";

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label; may be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(names = "--wait", description = "Wait for the end and print the result.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "SPAN",
      description = "How long to wait, like 30s or 10m (default: 10m).")
  private Duration timeout = Duration.ofMinutes(10);

  @Mixin private ClientOptions client = new ClientOptions();

  SubmitCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    SubmitWorkflowRequest request = request();
    try (Session session = client.open(setting)) {
      SubmitWorkflowResponse answer = session.workflows().submit(request);
      if (!wait) {
        print(session, answer);
        return ExitCode.OK.code();
      }
      Workflow finished = await(session, answer.getWorkflow());
      var view = new WorkflowView(session);
      view.result(finished);
      return WorkflowView.exit(finished).code();
    }
  }

  private SubmitWorkflowRequest request() {
    return SubmitWorkflowRequest.newBuilder()
        .setNamespace(namespace)
        .setWorkflowId(id)
        .setRequestId(requestId.isEmpty() ? UUID.randomUUID().toString() : requestId)
        .setDefinition(Inputs.file(file))
        .setInput(Inputs.textOrFile(input))
        .putAllLabels(labels)
        .build();
  }

  private static void print(Session session, SubmitWorkflowResponse answer) {
    Workflow workflow = answer.getWorkflow();
    if (session.json()) {
      ObjectNode document = ProtoJson.of(workflow);
      document.put("existed", answer.getExisted());
      session.document(document);
      return;
    }
    var palette = session.palette();
    session.line(
        "%s %s  run %s  %s"
            .formatted(
                answer.getExisted() ? "existed  " : "submitted",
                palette.bold(OneLine.of(workflow.getWorkflowId())),
                OneLine.of(workflow.getRunId()),
                palette.of(workflow.getState()).apply(StateConverter.name(workflow.getState()))));
    session.remark("follow it with ./bridge watch " + OneLine.of(workflow.getWorkflowId()));
  }

  private Workflow await(Session session, Workflow submitted) {
    var progress = Progress.of(setting, session.json(), "steps");
    try {
      return session
          .workflows()
          .await(
              Workflows.key(submitted.getNamespace(), submitted.getRunId()),
              timeout,
              now ->
                  progress.update(now.getStepsExecuted(), 0, StateConverter.name(now.getState())));
    } finally {
      progress.clear();
    }
  }
}
