// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Runs of one namespace, from their submission to what becomes of them elsewhere. */
record Runs(Stack stack, String namespace) {
  private static final int PAGE = 500;
  private static final int IN_A_ROW = 20;
  private static final int MANY = 400;
  private static final int SIDE_BY_SIDE = 4;
  private static final Duration PAUSE = Duration.ofMillis(60);
  private static final Duration INTELLIGENCE_LIMIT = Duration.ofSeconds(120);

  /** Submits, and waits for the end, whatever it is. */
  Workflow run(String definition, Object input) {
    var request = Submissions.of(namespace, definition, input).build();
    return Submissions.await(stack, stack.workflows().submitWorkflow(request).getWorkflow());
  }

  /** One stamp of a file that no other number has. */
  Workflow stamp(int number) {
    return run(Submissions.stampOne(), file(number));
  }

  /** A small file for each number. */
  static Map<String, Object> file(int number) {
    return Map.of(
        "text", "class Number" + number + " {}\n", "path", "src/Number" + number + ".java");
  }

  /** A file that nobody has seen before, so that nothing is answered from a cache. */
  static Map<String, Object> unseenFile() {
    String name = "N" + UUID.randomUUID().toString().replace("-", "");
    return Map.of("text", Submissions.javaClass(name), "path", name + ".java");
  }

  /**
   * Waits until intelligence has answered so often in a row in time that its breaker is closed and
   * it is warm: the first analyses of a process may take longer than a workflow waits for them, and
   * then the breaker opens. Whoever asks intelligence, and cares what it says, begins with this.
   */
  void awaitIntelligence() {
    var inTime = new AtomicInteger();
    await()
        .atMost(INTELLIGENCE_LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          Workflow run = run(Submissions.analyzeOne(), unseenFile());
          inTime.set(run.getStepsDegraded() == 0 ? inTime.get() + 1 : 0);
          return inTime.get() == IN_A_ROW;
        });
  }

  /**
   * Java compiles what was called some hundred times; side by side, that is soon done. What is
   * measured then is a suite that has been running for a while, as users have it.
   */
  void manySideBySide() throws Exception {
    sideBySide(MANY);
  }

  /** The same with so many. */
  void sideBySide(int many) throws Exception {
    List<Callable<Workflow>> work =
        IntStream.range(0, many)
            .<Callable<Workflow>>mapToObj(i ->
                () ->
                    run(
                        i % 2 == 0 ? Submissions.analyzeOne() : Submissions.stampOne(),
                        unseenFile()))
            .toList();
    try (var threads = Executors.newFixedThreadPool(SIDE_BY_SIDE, Thread.ofVirtual().factory())) {
      for (var done : threads.invokeAll(work, 2, TimeUnit.MINUTES)) {
        assertThat(done.get().getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
      }
    }
  }

  /**
   * How long one takes by itself, of ten a second at most: without the pause before, every run
   * would be measured beside what the one before has left to relay, to reduce and to index.
   */
  static Duration timed(Runnable run) {
    LockSupport.parkNanos(PAUSE.toNanos());
    long began = System.nanoTime();
    run.run();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** What the reducer has made of a run, once it has folded its last event. */
  GetWorkflowStateResponse folded(Workflow run) {
    return stack
        .state()
        .getWorkflowState(
            GetWorkflowStateRequest.newBuilder()
                .setNamespace(run.getNamespace())
                .setRunId(run.getRunId())
                .setRequiredVersion(run.getVersion())
                .setMaxWait(com.google.protobuf.Duration.newBuilder().setSeconds(10))
                .build());
  }

  /** What the namespace adds up to by now. */
  BridgeState bridgeState() {
    return stack
        .state()
        .getBridgeState(GetBridgeStateRequest.newBuilder().setNamespace(namespace).build())
        .getState();
  }

  /** The events of a run in the log. */
  List<RecordedEvent> journal(Workflow run) {
    return stack.journal(namespace, run.getRunId());
  }

  /** The name of a run's stream, which is the key of its records. */
  static String key(Workflow run) {
    return "workflow/" + run.getNamespace() + "/" + run.getRunId();
  }

  /** Everything in the log that one submission caused, oldest first, in whatever stream. */
  static List<RecordedEvent> caused(Stack stack, String correlationId) {
    var events = new ArrayList<RecordedEvent>();
    String token = "";
    do {
      var page =
          stack
              .log()
              .queryEvents(
                  QueryEventsRequest.newBuilder()
                      .setCorrelationId(correlationId)
                      .setOldestFirst(true)
                      .setPageSize(PAGE)
                      .setPageToken(token)
                      .build());
      events.addAll(page.getEventsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return events;
  }
}
