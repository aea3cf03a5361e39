// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A workflow is submitted; its events reach Kafka in order, and the reducer folds them. */
class OrchestratorToReducerIT {
  private static final String NAMESPACE = "reducer-story";

  private final Stack stack = OneSuite.stack();

  private Workflow run(int number) {
    var input =
        Map.of("text", "class Number" + number + " {}\n", "path", "Number" + number + ".java");
    var submitted =
        stack
            .workflows()
            .submitWorkflow(Submissions.of(NAMESPACE, Submissions.stampOne(), input).build());
    return Submissions.await(stack, submitted.getWorkflow());
  }

  private GetWorkflowStateResponse folded(Workflow workflow) {
    return stack
        .state()
        .getWorkflowState(
            GetWorkflowStateRequest.newBuilder()
                .setNamespace(workflow.getNamespace())
                .setRunId(workflow.getRunId())
                .setRequiredVersion(workflow.getVersion())
                .setMaxWait(com.google.protobuf.Duration.newBuilder().setSeconds(10))
                .build());
  }

  @Test
  void shouldFoldAFinishedWorkflowIntoQueryableState() throws Exception {
    Workflow workflow = run(1);
    GetWorkflowStateResponse state = folded(workflow);

    assertThat(workflow.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    var journal = stack.journal(NAMESPACE, workflow.getRunId());
    Journals.shouldBeWhole(journal);
    String key = "workflow/" + NAMESPACE + "/" + workflow.getRunId();
    var records =
        stack
            .kafka()
            .readUntil(
                seen -> Journals.distinct(seen, Set.of(key)) == journal.size(),
                stack.topic("workflow.events.v1"));
    Journals.shouldBeOnKafkaOnceAndInOrder(records, Map.of(key, journal));
    assertThat(state.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    assertThat(state.getState()).isEqualTo("COMPLETED");
    assertThat(state.getVersion()).isEqualTo(journal.size());
    assertThat(state.getTransitionsList())
        .extracting(t -> t.getFromState() + ">" + t.getToState())
        .endsWith("PENDING>RUNNING", "RUNNING>COMPLETED");
    assertThat(
            stack
                .state()
                .getBridgeState(GetBridgeStateRequest.newBuilder().setNamespace(NAMESPACE).build())
                .getState()
                .getWorkflowsCompleted())
        .isPositive();
  }

  @Test
  void shouldShowTheSameFactsInSqlUnderTheNamesThatUsersKnow() throws Exception {
    Workflow workflow = run(2);
    var unused = folded(workflow);
    String run = workflow.getRunId();

    assertThat(
            stack.count(
                "select count(*) from workflow_executions where run_id = ?::uuid and current_state = 'COMPLETED'",
                run))
        .isEqualTo(1);
    assertThat(stack.count("select count(*) from workflow_steps where run_id = ?", run))
        .isEqualTo(1);
    assertThat(stack.count("select count(*) from fsm_transitions where entity_id = ?", run))
        .as("into PENDING, RUNNING and COMPLETED")
        .isEqualTo(3);
    assertThat(stack.count("select count(*) from bridge_states where namespace = ?", NAMESPACE))
        .isEqualTo(1);
    assertThat(
            stack.count(
                "select count(*) from event_logs where correlation_id = ?::uuid"
                    + " and stream = ?",
                workflow.getCorrelationId(),
                "workflow/" + NAMESPACE + "/" + run))
        .isEqualTo(stack.journal(NAMESPACE, run).size());
  }

  @Test
  void shouldTakeLessThanTheThresholdFromSubmitToReducedState() {
    var thresholds = new Thresholds();
    for (int i = 0; i < 20; i++) {
      var unused = folded(run(100 + i));
    }
    for (int i = 0; i < 50; i++) {
      int number = 200 + i;
      var state = thresholds.time("orchestrator_reducer_flow_ms", () -> folded(run(number)));
      assertThat(state.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    }
    System.out.println(thresholds.table());
    assertThat(thresholds.summary("orchestrator_reducer_flow_ms").averageKeepsLimit()).isTrue();
    assertThat(Thresholds.limit("orchestrator_reducer_flow_ms")).isEqualTo(Duration.ofMillis(400));
  }
}
