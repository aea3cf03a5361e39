// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.api.workflow.v1.Workflow;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One client, one workflow with one stamp after the other: from submit to the result, and from
 * submit to the reducer's state at the run's last version. The suite, its PostgreSQL (fsync on),
 * its Kafka broker and the client share the machine. Run it with {@code bin/bench}.
 */
@Tag("benchmark")
class SubmitToReducedStateBenchmark {
  private static final int WARM_UP = Integer.getInteger("warmup", 2_000);
  private static final int ROUND = Integer.getInteger("round", 1_000);
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final String NAMESPACE = "benchmark";

  private final Stack stack = Deployment.shared(Way.ONE_PROCESS).stack();
  private int number;

  @Test
  void submitToReducedState() {
    measure(WARM_UP, new Histogram(3), new Histogram(3));
    System.out.println("microseconds            p50      p90      p99      max");
    for (int round = 1; round <= ROUNDS; round++) {
      var result = new Histogram(3);
      var reduced = new Histogram(3);
      measure(ROUND, result, reduced);
      print("round " + round + " to result", result);
      print("round " + round + " to reduced", reduced);
    }
  }

  private void measure(int times, Histogram toResult, Histogram toReduced) {
    for (int i = 0; i < times; i++) {
      long started = System.nanoTime();
      Workflow done = run();
      toResult.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started));
      var state =
          stack
              .state()
              .getWorkflowState(
                  GetWorkflowStateRequest.newBuilder()
                      .setNamespace(NAMESPACE)
                      .setRunId(done.getRunId())
                      .setRequiredVersion(done.getVersion())
                      .setMaxWait(com.google.protobuf.Duration.newBuilder().setSeconds(10))
                      .build());
      toReduced.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started));
      assertThat(state.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    }
  }

  private Workflow run() {
    number++;
    var input = Map.of("text", "class Number" + number + " {}\n", "path", "N" + number + ".java");
    return Submissions.await(
        stack,
        stack
            .workflows()
            .submitWorkflow(Submissions.of(NAMESPACE, Submissions.stampOne(), input).build())
            .getWorkflow());
  }

  private static void print(String what, Histogram h) {
    System.out.printf(
        "%-20s %8d %8d %8d %8d%n",
        what,
        h.getValueAtPercentile(50),
        h.getValueAtPercentile(90),
        h.getValueAtPercentile(99),
        h.getMaxValue());
  }
}
