// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.RunId;
import dev.omnibridge.orchestrator.workflow.WorkflowId;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.resilience.Breaker;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcRunnerTest {
  private static final CallPolicy ESSENTIAL =
      new CallPolicy(
          TaskKind.ESSENTIAL, RetryPolicy.doubling(3, Duration.ofSeconds(1)), NullNode.instance);

  /** The calls are answered before they would get to it. */
  private static final Channel NOWHERE =
      new Channel() {
        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
          throw new UnsupportedOperationException();
        }

        @Override
        public String authority() {
          return "nowhere";
        }
      };

  @ParameterizedTest
  @EnumSource(
      value = Fault.Kind.class,
      names = {"CONFLICT", "EXHAUSTED", "UNAVAILABLE", "TIMEOUT", "CANCELLED", "BROKEN"})
  void shouldRetryWhatSaysNothingAboutTheRequest(Fault.Kind kind) {
    assertThat(failed(kind).retryable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.Kind.class,
      names = {"INVALID", "NOT_FOUND", "EXISTS", "REFUSED", "OUT_OF_RANGE"})
  void shouldNotRetryWhatIsRefusedForWhatItIs(Fault.Kind kind) {
    assertThat(failed(kind).retryable()).isFalse();
  }

  @Test
  void shouldGoOnWithTheMarkedFallbackAtOnceAfterTheFifthFailureInARow() {
    CallPolicy optional =
        new CallPolicy(
            TaskKind.OPTIONAL,
            RetryPolicy.doubling(1, Duration.ofMillis(200)),
            IntelligenceCalls.fallback());
    Fault away = Fault.unavailable("AWAY", "It is away.", null);
    AtomicInteger calls = new AtomicInteger();
    CalledService service =
        new CalledService(
            "minds", NOWHERE, Duration.ofMillis(500), 1, Breaker.Settings.forService());
    GrpcRunner runner =
        new GrpcRunner(
            service,
            optional,
            (_, _) -> {
              calls.incrementAndGet();
              return Future.failedFuture(away);
            });
    for (int i = 0; i < 5; i++) {
      assertThat(runner.run(task()).toCompletableFuture().join())
          .isInstanceOf(Outcome.Failed.class);
    }

    Outcome sixth = runner.run(task()).toCompletableFuture().join();
    long[] took = new long[21];
    for (int i = 0; i < took.length; i++) {
      long began = System.nanoTime();
      var unused = runner.run(task()).toCompletableFuture().join();
      took[i] = System.nanoTime() - began;
    }
    Arrays.sort(took);

    assertThat(calls).hasValue(5);
    // The median: another module may test beside this one. The slow ones count in fail_fast_ms.
    assertThat(Duration.ofNanos(took[took.length / 2])).isLessThan(Duration.ofMillis(10));
    assertThat(sixth)
        .isInstanceOfSatisfying(
            Outcome.Degraded.class,
            degraded -> {
              assertThat(degraded.fallback().path("analysisType").asText()).isEqualTo("fallback");
              assertThat(degraded.fallback().path("degraded").asBoolean()).isTrue();
              assertThat(degraded.fallback().at("/confidence/score").asDouble()).isZero();
            });
  }

  private static Outcome.Failed failed(Fault.Kind kind) {
    Fault fault = Fault.of(kind, "SOME_REASON", "It did not work.");
    CalledService service =
        new CalledService(
            "service", NOWHERE, Duration.ofSeconds(1), 1, Breaker.Settings.forService());
    GrpcRunner runner = new GrpcRunner(service, ESSENTIAL, (_, _) -> Future.failedFuture(fault));
    return (Outcome.Failed) runner.run(task()).toCompletableFuture().join();
  }

  private static Task task() {
    Run run =
        new Run(
            new RunId("01930000-0000-7000-8000-000000000001"),
            new WorkflowId("tests", "sample-1"),
            "tests/sample",
            "ab".repeat(32),
            "corr",
            null,
            Map.of(),
            NullNode.instance,
            Instant.parse("2026-11-21T12:00:00Z"));
    return new Task(run, "stamp", NullNode.instance, "key", 1, null);
  }
}
