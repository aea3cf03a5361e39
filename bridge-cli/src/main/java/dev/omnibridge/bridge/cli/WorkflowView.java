// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.EventLine;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import java.util.List;
import java.util.stream.Collectors;

/** How workflows and their events are shown. */
record WorkflowView(Session session) {

  /** 0 for a workflow that did what it was for, 1 for one that ended otherwise. */
  static ExitCode exit(Workflow workflow) {
    return switch (workflow.getState()) {
      case WORKFLOW_STATE_FAILED, WORKFLOW_STATE_CANCELLED, WORKFLOW_STATE_TERMINATED ->
          ExitCode.FAILED;
      default -> ExitCode.OK;
    };
  }

  void list(List<Workflow> workflows, String nextPageToken) {
    if (session.json()) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      var array = document.putArray("workflows");
      workflows.forEach(workflow -> array.add(ProtoJson.of(workflow)));
      document.put("nextPageToken", nextPageToken);
      session.document(document);
      return;
    }
    var table =
        new Table(
            session.palette(),
            "WORKFLOW ID",
            "STATE",
            "TYPE",
            "NAMESPACE",
            "SUBMITTED",
            ">TOOK",
            ">STEPS",
            ">DEGRADED");
    for (Workflow workflow : workflows) {
      table.row(
          workflow.getWorkflowId(),
          state(workflow.getState()),
          workflow.getWorkflowType(),
          workflow.getNamespace(),
          Amounts.dayAndTime(workflow.getCreateTime(), session.setting().clock()),
          took(workflow),
          workflow.getStepsExecuted(),
          workflow.getStepsDegraded());
    }
    session.table(table);
    more(nextPageToken);
  }

  /**
   * Tells how to go on where not everything was shown. A token is good only with the same times,
   * and one like "10m ago" has moved on by then: so they are told, absolute, as options.
   */
  void more(String nextPageToken, String times) {
    if (!nextPageToken.isEmpty()) {
      session.remark(
          "there is more: the same again but with --page-token " + nextPageToken + times);
    }
  }

  void more(String nextPageToken) {
    more(nextPageToken, "");
  }

  /** The end of a workflow: its result, or why there is none. */
  void result(Workflow workflow) {
    if (session.json()) {
      session.document(ProtoJson.of(workflow));
      return;
    }
    session.line(
        "%s  %s  after %s, %d steps"
            .formatted(
                painted(workflow.getState()),
                session.palette().bold(OneLine.of(workflow.getWorkflowId())),
                took(workflow),
                workflow.getStepsExecuted()));
    if (workflow.hasError()) {
      session.line(OneLine.of(error(workflow)));
    }
    JsonNode output = ProtoJson.of(workflow).path("output");
    if (!output.isNull()) {
      session.line(Session.pretty(output));
    }
  }

  void details(Workflow workflow, List<GetWorkflowStateResponse> folded) {
    painted("workflow", session.palette().bold(OneLine.of(workflow.getWorkflowId())));
    field("namespace", workflow.getNamespace());
    painted("state", painted(workflow.getState()));
    field("run", workflow.getRunId());
    field("type", workflow.getWorkflowType());
    field("definition", workflow.getDefinitionHash());
    field("version", workflow.getVersion());
    field("submitted", Amounts.dayAndTime(workflow.getCreateTime(), session.setting().clock()));
    if (workflow.hasEndTime()) {
      field(
          "ended",
          Amounts.dayAndTime(workflow.getEndTime(), session.setting().clock())
              + ", after "
              + took(workflow));
    }
    field("correlation", workflow.getCorrelationId());
    field(
        "steps",
        "%d, of which %d degraded"
            .formatted(workflow.getStepsExecuted(), workflow.getStepsDegraded()));
    if (workflow.getLabelsCount() > 0) {
      field(
          "labels",
          workflow.getLabelsMap().entrySet().stream()
              .map(label -> label.getKey() + "=" + label.getValue())
              .sorted()
              .collect(Collectors.joining(", ")));
    }
    if (workflow.hasError()) {
      field("error", error(workflow));
    }
    folded.forEach(state -> field("reducer", reducer(state)));
    if (!workflow.getOutput().isEmpty()) {
      painted("output", Session.pretty(ProtoJson.of(workflow).path("output")));
    }
  }

  void event(RecordedEvent event) {
    if (session.json()) {
      session.jsonLine(ProtoJson.of(event));
      return;
    }
    var palette = session.palette();
    session.line(
        "%5d  %s  %s  %s"
            .formatted(
                event.getVersion(),
                palette.dim(Amounts.time(event.getOccurredAt(), session.setting().clock())),
                palette.cyan("%-20s".formatted(OneLine.of(EventLine.shortType(event.getType())))),
                EventLine.summary(event)));
  }

  private static String reducer(GetWorkflowStateResponse state) {
    return "%s at version %d (%s), %s"
        .formatted(
            state.getState(),
            state.getVersion(),
            ProtoJson.shortName(state.getSource().getValueDescriptor())
                .toLowerCase(java.util.Locale.ROOT),
            state.getTransitionsList().stream()
                .map(transition -> transition.getToState())
                .collect(Collectors.joining(" → ")));
  }

  private static String error(Workflow workflow) {
    var error = workflow.getError();
    return "%s (%d) at %s: %s"
        .formatted(error.getTitle(), error.getStatus(), error.getInstance(), error.getDetail());
  }

  private void field(String name, Object value) {
    painted(name, OneLine.of(String.valueOf(value)));
  }

  private void painted(String name, String value) {
    session.line(session.palette().dim("%-12s".formatted(name)) + value);
  }

  private Cell state(WorkflowState state) {
    return new Cell(StateConverter.name(state), session.palette().of(state));
  }

  private String painted(WorkflowState state) {
    return session.palette().of(state).apply(StateConverter.name(state));
  }

  private static String took(Workflow workflow) {
    return workflow.hasEndTime()
        ? Amounts.span(workflow.getCreateTime(), workflow.getEndTime())
        : "";
  }
}
