// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The suite is killed while many workflows run, and started again on its data; the one that took
 * over is the next one to be killed.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KillInTheMiddleIT {
  /** A call that is late on a busy machine would be tried again, which is not about the kill. */
  private static final Map<String, String> PATIENT =
      Map.of(
          "ORCHESTRATOR_STAMPING_TIMEOUT", "30s",
          "ORCHESTRATOR_INTELLIGENCE_TIMEOUT", "10s");

  /** As the services of {@link ServiceProcess} are started: it works little and starts often. */
  private static final String[] QUICK = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};

  private static final int FEW = 30;
  private static final int MANY = 100;
  private static final int FILES = 4;
  private static final int MOST_TIMES = 5;

  private static final Path DATA = OneSuite.directory("kill");
  private static SuiteProcess suite;

  private final String namespace = "kill-" + UUID.randomUUID();

  private interface Kill {
    void strike(SuiteProcess victim) throws Exception;
  }

  /** The one that took over in the test before, unless that failed before there was one. */
  @BeforeEach
  void startUnlessOneIsThere() throws Exception {
    if (suite == null || !suite.alive()) {
      suite = SuiteProcess.up(DATA, PATIENT, QUICK);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    Closing.all(suite);
  }

  @Test
  @Order(1)
  void shouldCompleteEverythingAfterAKillOfTheJvmAlone() throws Exception {
    killAndResume(FEW, SuiteProcess::kill);
  }

  @Test
  @Order(2)
  void shouldCompleteEverythingAfterAKillOfTheJvmAndPostgres() throws Exception {
    killAndResume(FEW, SuiteProcess::killWithPostgres);
  }

  @Test
  @Order(3)
  @Tag("long")
  void shouldCompleteAHundredAfterAKillOfTheJvmAlone() throws Exception {
    killAndResume(MANY, SuiteProcess::kill);
  }

  @Test
  @Order(4)
  @Tag("long")
  void shouldCompleteAHundredAfterAKillOfTheJvmAndPostgres() throws Exception {
    killAndResume(MANY, SuiteProcess::killWithPostgres);
  }

  private void killAndResume(int workflows, Kill kill) throws Exception {
    List<Workflow> submitted;
    try (Stack stack = suite.client()) {
      submitted = submitUntilSomeAreAtWork(stack, workflows);
    } finally {
      kill.strike(suite);
    }

    suite = SuiteProcess.up(DATA, PATIENT, QUICK);
    try (Stack stack = suite.client()) {
      var journals = new HashMap<String, List<RecordedEvent>>();
      for (Workflow one : submitted) {
        Workflow done = Submissions.await(stack, one);
        assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
        assertThat(done.getStepsExecuted()).isEqualTo(2 * FILES);
        var journal = stack.journal(namespace, done.getRunId());
        Journals.shouldBeWhole(journal);
        journals.put("workflow/" + namespace + "/" + done.getRunId(), journal);
      }
      shouldReachKafkaInOrder(stack, journals);
    }
  }

  /** Some have completed and others not; a machine that stood still may find them all done. */
  private List<Workflow> submitUntilSomeAreAtWork(Stack stack, int workflows) throws Exception {
    var submitted = new ArrayList<Workflow>();
    int done;
    do {
      int before = submitted.size();
      submitted.addAll(submitAll(stack, workflows));
      done =
          await()
              .atMost(Duration.ofSeconds(60))
              .pollInterval(Duration.ofMillis(5))
              .until(() -> completed(stack), count -> count > before);
    } while (done == submitted.size() && submitted.size() < MOST_TIMES * workflows);
    assertThat(done).as("finished before the kill").isLessThan(submitted.size());
    return submitted;
  }

  private List<Workflow> submitAll(Stack stack, int workflows) throws Exception {
    var input = Submissions.files(stack, "kill", FILES);
    var submitted = new ArrayList<Workflow>();
    for (int i = 0; i < workflows; i++) {
      submitted.add(
          stack
              .workflows()
              .submitWorkflow(
                  Submissions.of(namespace, Submissions.stampAndAnalyze(), input).build())
              .getWorkflow());
    }
    return submitted;
  }

  private int completed(Stack stack) {
    return stack
        .workflows()
        .listWorkflows(
            ListWorkflowsRequest.newBuilder()
                .setNamespace(namespace)
                .addStates(WorkflowState.WORKFLOW_STATE_COMPLETED)
                .setPageSize(1000)
                .build())
        .getWorkflowsCount();
  }

  /** A takeover may repeat records; the first occurrences are complete and in order. */
  private static void shouldReachKafkaInOrder(
      Stack stack, Map<String, List<RecordedEvent>> journals) {
    var records = Journals.onKafka(stack, "workflow.events.v1", journals.keySet());
    Journals.shouldBeOnKafkaOnceAndInOrder(OwnEvents.firsts(records), journals);
  }
}
