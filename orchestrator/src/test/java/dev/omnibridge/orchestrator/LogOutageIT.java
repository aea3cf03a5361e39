// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The database goes away while calls are on their way, and comes back. */
class LogOutageIT {

  @Test
  void shouldRecordEveryOutcomeOnceWhenTheDatabaseIsAwayInBetween() throws Exception {
    TestPostgres.Database real = TestPostgres.freshDatabase();
    try (FaultProxy proxy = FaultProxy.to(real.port())) {
      TestPostgres.Database database =
          new TestPostgres.Database(
              real.host(), proxy.port(), real.user(), real.password(), real.name(), real.jdbcUrl());
      try (RunningOrchestrator suite = RunningOrchestrator.start(database, Map.of())) {
        suite.services.holdStamps = true;
        String tasks =
            "do: [{a: {call: stamp, with: {content: x}}}, {b: {call: analyze, with: {content: x}}}]";
        IntStream.range(0, 20).forEach(i -> suite.submit("w" + i, tasks, "{}"));
        assertThat(suite.services.stampCalled.await(30, TimeUnit.SECONDS)).isTrue();
        proxy.refuse();
        suite.services.holdStamps = false;
        suite.services.stampReleased.countDown();
        proxy.pass();
        for (int i = 0; i < 20; i++) {
          String id = "w" + i;
          assertThat(answered(() -> suite.await(id)).getState())
              .isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
          assertThat(answered(() -> suite.types(id)))
              .containsExactly(
                  "started.v1",
                  "state-transition.v1",
                  "step-completed.v1",
                  "step-completed.v1",
                  "state-transition.v1",
                  "completed.v1");
        }
      }
    }
  }

  @Test
  void shouldTellAWaitingClientOfARunThatGoesOnHereWhileTheDatabaseIsAway() throws Exception {
    TestPostgres.Database real = TestPostgres.freshDatabase();
    try (FaultProxy proxy = FaultProxy.to(real.port())) {
      TestPostgres.Database database =
          new TestPostgres.Database(
              real.host(), proxy.port(), real.user(), real.password(), real.name(), real.jdbcUrl());
      try (RunningOrchestrator suite = RunningOrchestrator.start(database, Map.of())) {
        suite.services.holdStamps = true;
        var run =
            suite.submit("w", "do: [{a: {call: stamp, with: {content: x}}}]", "{}").getWorkflow();
        assertThat(suite.services.stampCalled.await(30, TimeUnit.SECONDS)).isTrue();
        proxy.refuse();
        var known = suite.waitAWhile(run.getRunId());
        proxy.pass();
        suite.services.stampReleased.countDown();

        assertThat(known.getFinished()).isFalse();
        assertThat(known.getWorkflow()).isEqualTo(run);
        assertThat(answered(() -> suite.await("w")).getState())
            .isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
      }
    }
  }

  /** Reads are not repeated for the caller: those of the first moments may be told to wait. */
  private static <T> T answered(Callable<T> read) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsMatching(
            failure -> Statuses.faultOf(failure).kind() == Fault.Kind.UNAVAILABLE)
        .until(read, Objects::nonNull);
  }
}
