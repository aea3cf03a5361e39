// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Statuses;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The same submission arrives more than once. */
@Story
class DuplicateSubmissionIT {
  private static final String NAMESPACE = "duplicate-story";

  private final Stack stack;

  DuplicateSubmissionIT(Way way) {
    stack = Deployment.shared(way).stack();
  }

  private static SubmitWorkflowRequest.Builder submission(String text) {
    return Submissions.of(NAMESPACE, Submissions.stampOne(), Map.of("text", text, "path", "a.txt"));
  }

  @Test
  void shouldStartOneRunForOneRequestIdHoweverOftenAndAtOnceItArrives() throws Exception {
    var request = submission("one run").build();
    var answers = new ArrayList<Future<SubmitWorkflowResponse>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<SubmitWorkflowResponse> submit = () -> stack.workflows().submitWorkflow(request);
      for (int i = 0; i < 20; i++) {
        answers.add(threads.submit(submit));
      }
    }
    assertThat(answers)
        .extracting(a -> a.get().getWorkflow().getRunId())
        .containsOnly(answers.getFirst().get().getWorkflow().getRunId());
    assertThat(answers).extracting(a -> a.get().getExisted()).containsOnlyOnce(false);
    var done = Submissions.await(stack, answers.getFirst().get().getWorkflow());
    Journals.shouldBeWhole(stack.journal(NAMESPACE, done.getRunId()));
  }

  @Test
  void shouldAnswerTheSameWorkflowIdWithTheRunThatExists() {
    String id = "job-" + UUID.randomUUID();
    var first = stack.workflows().submitWorkflow(submission("same").setWorkflowId(id).build());
    var second = stack.workflows().submitWorkflow(submission("same").setWorkflowId(id).build());
    assertThat(second.getExisted()).isTrue();
    assertThat(second.getWorkflow().getRunId()).isEqualTo(first.getWorkflow().getRunId());
  }

  @Test
  void shouldRefuseARequestIdWithOtherContentAndNameTheDifference() {
    var first = submission("as it was").build();
    var unused = stack.workflows().submitWorkflow(first);
    var other = submission("changed").setRequestId(first.getRequestId()).build();
    Fault fault = refusal(other);
    assertThat(fault.kind()).isEqualTo(Kind.EXISTS);
    assertThat(fault.sentence()).contains("input").contains(first.getRequestId());
  }

  @Test
  void shouldRefuseAWorkflowIdWithOtherContentAndNameTheDifference() {
    String id = "job-" + UUID.randomUUID();
    var unused =
        stack.workflows().submitWorkflow(submission("as it was").setWorkflowId(id).build());
    var other =
        submission("as it was")
            .setWorkflowId(id)
            .setDefinition(Submissions.stampOne().replace("stamp-one", "another"))
            .build();
    Fault fault = refusal(other);
    assertThat(fault.kind()).isEqualTo(Kind.EXISTS);
    assertThat(fault.sentence()).contains("definition").contains(id);
  }

  private Fault refusal(SubmitWorkflowRequest request) {
    Throwable refused = catchThrowable(() -> stack.workflows().submitWorkflow(request));
    assertThat(refused).isNotNull();
    return Statuses.faultOf(refused);
  }
}
