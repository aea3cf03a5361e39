// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * A submission goes its way.
 *
 * <pre>
 * client submits a workflow
 *   → orchestrator runs its steps, stamping-service stamps
 *   → db-adapter keeps each event, and publishes it to Kafka in order
 *   → reducer folds the events
 *   → the state is in PostgreSQL, and every view of it tells the same
 * </pre>
 */
@Story(criticalPath = true)
class OrchestratorToReducerIT {
  private static final String FLOW = "orchestrator_reducer_flow_ms";
  private static final int WARM_UP = 30;
  private static final int TIMES = 50;
  private static final int AT_ONCE = 20;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String REFUSED =
      """
      document: {dsl: 1.0.0, namespace: stories, name: refused, version: 1.0.0}
      do:
        - stamp:
            call: stamp
            with: {content: '${ .text }', path: '${ .path }'}
        - refuse:
            raise:
              error:
                type: https://example.org/errors/refused
                status: 422
                title: Refused
                detail: '${ "nobody wants " + .path }'
      """;

  private final Way way;
  private final Stack stack;

  OrchestratorToReducerIT(Way way) throws Exception {
    this.way = way;
    this.stack = Deployment.warm(way).stack();
  }

  /** A namespace that nobody else has. */
  private Runs runs(String name) {
    return new Runs(stack, name + "-" + UUID.randomUUID());
  }

  private List<ConsumerRecord<String, byte[]>> records(Map<String, List<RecordedEvent>> journals) {
    return Journals.onKafka(stack, "workflow.events.v1", journals.keySet());
  }

  @Test
  void shouldTakeASubmissionToReducedStateWithinItsLimit() {
    var runs = runs("flow");
    for (int i = 0; i < WARM_UP; i++) {
      var unused = runs.folded(runs.stamp(i));
    }
    Thresholds figures = way.figures();
    for (int i = 0; i < TIMES; i++) {
      int number = WARM_UP + i;
      var state = figures.time(FLOW, () -> runs.folded(runs.stamp(number)));
      assertThat(state.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    }
    figures.shouldBeKept(FLOW);
  }

  @Test
  void shouldPublishEachEventInOrderAndFoldThemIntoQueryableState() {
    var runs = runs("fold");
    Workflow run = runs.stamp(1);
    var state = runs.folded(run);

    assertThat(run.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    var journal = runs.journal(run);
    Journals.shouldBeWhole(journal);
    var journals = Map.of(Runs.key(run), journal);
    Journals.shouldBeOnKafkaOnceAndInOrder(records(journals), journals);
    assertThat(state.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    assertThat(state.getState()).isEqualTo("COMPLETED");
    assertThat(state.getVersion()).isEqualTo(journal.size());
    assertThat(state.getStepsCompleted()).isEqualTo(1);
    assertThat(state.getTransitionsList())
        .extracting(t -> t.getFromState() + ">" + t.getToState())
        .containsExactly(">PENDING", "PENDING>RUNNING", "RUNNING>COMPLETED");
    assertThat(runs.bridgeState().getWorkflowsCompleted()).isEqualTo(1);
  }

  @Test
  void shouldKeepTheOrderOfARunWithManySteps() throws Exception {
    var runs = runs("order");
    Workflow run = runs.run(Submissions.stampAndAnalyze(), Submissions.files(stack, "order", 6));

    var journal = runs.journal(run);
    Journals.shouldBeWhole(journal);
    assertThat(run.getStepsExecuted()).isEqualTo(12);
    assertThat(journal)
        .extracting(RecordedEvent::getLane)
        .containsOnly(journal.getFirst().getLane());
    assertThat(journal).extracting(RecordedEvent::getPosition).isSorted().doesNotHaveDuplicates();
    var journals = Map.of(Runs.key(run), journal);
    var published = records(journals);
    assertThat(published)
        .extracting(ConsumerRecord::partition)
        .containsOnly(published.getFirst().partition());
    assertThat(published)
        .extracting(r -> Journals.header(r, "ce_id"))
        .containsExactlyElementsOf(journal.stream().map(RecordedEvent::getEventId).toList());
  }

  @Test
  void shouldTellTheSameFactsInTheLogOnKafkaInTheProjectionAndInSql() throws Exception {
    var runs = runs("facts");
    Workflow run = runs.stamp(2);
    var state = runs.folded(run);
    var journal = runs.journal(run);
    String id = run.getRunId();

    var journals = Map.of(Runs.key(run), journal);
    Journals.shouldBeOnKafkaOnceAndInOrder(records(journals), journals);
    for (RecordedEvent event : journal) {
      assertThat(
              stack.count(
                  "select count(*) from event_logs where stream = ? and version = ?"
                      + " and event_id = ?::uuid and event_type = ? and payload = ?::jsonb",
                  Runs.key(run),
                  event.getVersion(),
                  event.getEventId(),
                  event.getType(),
                  Journals.payload(event).toString()))
          .as("%s in SQL", event.getType())
          .isEqualTo(1);
    }
    assertThat(
            stack.count(
                "select version from workflow_executions where run_id = ?::uuid"
                    + " and current_state = 'COMPLETED' and finished",
                id))
        .isEqualTo(journal.size());
    assertThat(
            stack.count(
                "select version from workflow_projection where run_id = ?::uuid and state = ?",
                id,
                state.getState()))
        .isEqualTo(journal.size());
    assertThat(stack.count("select count(*) from workflow_steps where run_id = ?", id))
        .isEqualTo(state.getStepsCompleted());
    assertThat(stack.count("select count(*) from fsm_transitions where entity_id = ?", id))
        .isEqualTo(state.getTransitionsCount());
    assertThat(
            stack.count(
                "select total_workflows_processed from bridge_states where namespace = ?",
                runs.namespace()))
        .isEqualTo(1);
  }

  @Test
  void shouldRunAndFoldWorkflowsThatAreSubmittedAtOnceEachForItself() throws Exception {
    var runs = runs("at-once");
    var answers = new ArrayList<Future<Workflow>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        int number = i;
        answers.add(threads.submit(() -> runs.stamp(number)));
      }
    }
    var journals = new HashMap<String, List<RecordedEvent>>();
    for (Future<Workflow> answer : answers) {
      Workflow run = answer.get();
      assertThat(runs.folded(run).getState()).isEqualTo("COMPLETED");
      Journals.shouldBeWhole(runs.journal(run));
      journals.put(Runs.key(run), runs.journal(run));
    }
    assertThat(journals).hasSize(AT_ONCE);
    Journals.shouldBeOnKafkaOnceAndInOrder(records(journals), journals);
    shouldAddUpTo(runs, AT_ONCE, 0, AT_ONCE);
  }

  @Test
  void shouldTellWhyAWorkflowFailedEverywhereItIsAskedFor() throws Exception {
    var runs = runs("failed");
    Workflow run = runs.run(REFUSED, Runs.file(3));
    var state = runs.folded(run);

    assertThat(run.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_FAILED);
    assertThat(run.getError().getType()).isEqualTo("https://example.org/errors/refused");
    assertThat(run.getError().getStatus()).isEqualTo(422);
    assertThat(run.getError().getTitle()).isEqualTo("Refused");
    assertThat(run.getError().getDetail()).isEqualTo("nobody wants src/Number3.java");
    assertThat(run.getError().getInstance()).isEqualTo("/do/1/refuse");
    var journal = runs.journal(run);
    Journals.shouldBeWholeAndEndWith("failed.v1", journal);
    var journals = Map.of(Runs.key(run), journal);
    Journals.shouldBeOnKafkaOnceAndInOrder(records(journals), journals);
    assertThat(state.getState()).isEqualTo("FAILED");
    assertThat(state.getTransitionsList())
        .last()
        .extracting(t -> t.getToState())
        .isEqualTo("FAILED");
    assertThat(
            stack.count(
                "select count(*) from workflow_executions where run_id = ?::uuid"
                    + " and current_state = 'FAILED' and error_message like '%nobody wants%'",
                run.getRunId()))
        .isEqualTo(1);
    shouldAddUpTo(runs, 0, 1, 1);
  }

  @Test
  void shouldFoldOneRunHoweverOftenTheSameSubmissionArrives() throws Exception {
    var runs = runs("again");
    var request =
        Submissions.of(runs.namespace(), Submissions.stampOne(), Runs.file(4))
            .setWorkflowId("again")
            .build();
    var answers = new ArrayList<Future<Workflow>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Workflow> submit = () -> stack.workflows().submitWorkflow(request).getWorkflow();
      for (int i = 0; i < AT_ONCE; i++) {
        answers.add(threads.submit(submit));
      }
    }
    var runIds = new ArrayList<String>();
    for (Future<Workflow> answer : answers) {
      runIds.add(answer.get().getRunId());
    }
    assertThat(runIds).containsOnly(runIds.getFirst());
    var other =
        Submissions.of(runs.namespace(), Submissions.stampOne(), Runs.file(5))
            .setWorkflowId("again")
            .build();
    Throwable refused = catchThrowable(() -> stack.workflows().submitWorkflow(other));
    assertThat(refused).isNotNull();
    assertThat(Statuses.faultOf(refused).kind()).isEqualTo(Fault.Kind.EXISTS);

    Workflow run = Submissions.await(stack, answers.getFirst().get());
    assertThat(runs.folded(run).getState()).isEqualTo("COMPLETED");
    shouldAddUpTo(runs, 1, 0, 1);
  }

  @Test
  void shouldFindEverythingThatASubmissionCausedByItsCorrelationId() throws Exception {
    var runs = runs("correlation");
    String correlation = UUID.randomUUID().toString();
    var request =
        Submissions.of(runs.namespace(), Submissions.stampOne(), Runs.file(6))
            .setCorrelationId(correlation)
            .build();
    Workflow run =
        Submissions.await(stack, stack.workflows().submitWorkflow(request).getWorkflow());
    var unused = runs.folded(run);

    assertThat(
            stack
                .workflows()
                .listWorkflows(
                    ListWorkflowsRequest.newBuilder().setCorrelationId(correlation).build())
                .getWorkflowsList())
        .extracting(Workflow::getRunId)
        .containsExactly(run.getRunId());
    var caused = Runs.caused(stack, correlation);
    assertThat(caused)
        .extracting(event -> event.getStream().getKind())
        .contains("workflow", "stamp");
    assertThat(caused).containsAll(runs.journal(run));
    assertThat(
            stack.count(
                "select count(*) from event_logs where correlation_id = ?::uuid", correlation))
        .isEqualTo(caused.size());
    assertThat(records(Map.of(Runs.key(run), runs.journal(run))))
        .extracting(record -> Journals.header(record, "ce_correlationid"))
        .containsOnly(correlation);
  }

  @Test
  void shouldAddUpEachNamespaceForItself() throws Exception {
    var one = runs("one");
    var other = runs("other");
    for (int i = 0; i < 3; i++) {
      var unused = one.folded(one.stamp(i));
      unused = other.folded(other.run(i == 0 ? REFUSED : Submissions.stampOne(), Runs.file(i)));
    }
    shouldAddUpTo(one, 3, 0, 3);
    shouldAddUpTo(other, 2, 1, 3);
  }

  /** In the reducer's answer and in SQL; the stamps' events have a topic of their own. */
  private void shouldAddUpTo(Runs runs, int completed, int failed, int stamps) throws Exception {
    BridgeState state =
        await()
            .atMost(LIMIT)
            .until(
                runs::bridgeState,
                now ->
                    now.getWorkflowsCompleted() + now.getWorkflowsFailed() >= completed + failed
                        && now.getTotalStamps() >= stamps);
    assertThat(state.getWorkflowsCompleted()).isEqualTo(completed);
    assertThat(state.getWorkflowsFailed()).isEqualTo(failed);
    assertThat(state.getWorkflowsActive()).isZero();
    assertThat(state.getTotalStamps()).isEqualTo(stamps);
    assertThat(state.getFileTypesMap()).isEqualTo(Map.of("java", (long) stamps));
    assertThat(
            stack.count(
                "select total_items_aggregated from bridge_states where namespace = ?"
                    + " and total_workflows_processed = ?",
                runs.namespace(),
                completed + failed))
        .isEqualTo(stamps);
  }
}
