// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A hundred workflows of the demo's kind are submitted at once. */
@Story
class HundredWorkflowsIT {
  private static final String NAMESPACE = "hundred-story";
  private static final int WORKFLOWS = 100;
  private static final int FILES = 4;

  private final Stack stack;

  HundredWorkflowsIT(Way way) {
    stack = Deployment.shared(way).stack();
  }

  @Test
  void shouldCompleteEveryOneWithAGaplessJournalAndEachEventOnceOnKafka() throws Exception {
    var input = Submissions.files(stack, "hundred", FILES);
    var submitted = new ArrayList<Future<SubmitWorkflowResponse>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < WORKFLOWS; i++) {
        var request = Submissions.of(NAMESPACE, Submissions.stampAndAnalyze(), input).build();
        submitted.add(threads.submit(() -> stack.workflows().submitWorkflow(request)));
      }
    }

    var journals = new HashMap<String, List<RecordedEvent>>();
    for (var one : submitted) {
      var done = Submissions.await(stack, one.get().getWorkflow());
      assertThat(done.getState())
          .as(done.toString())
          .isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
      assertThat(done.getStepsExecuted()).isEqualTo(2 * FILES);
      var journal = stack.journal(NAMESPACE, done.getRunId());
      Journals.shouldBeWhole(journal);
      journals.put("workflow/" + NAMESPACE + "/" + done.getRunId(), journal);
    }
    assertThat(journals).hasSize(WORKFLOWS);
    var records = Journals.onKafka(stack, "workflow.events.v1", journals.keySet());
    Journals.shouldBeOnKafkaOnceAndInOrder(records, journals);
  }
}
