// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcRunnerTest {
  private static final CallPolicy ESSENTIAL =
      new CallPolicy(
          TaskKind.ESSENTIAL, RetryPolicy.doubling(3, Duration.ofSeconds(1)), NullNode.instance);

  private static final Fault AWAY = Fault.unavailable("AWAY", "It is away.", null);

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
    AtomicInteger calls = new AtomicInteger();
    CalledService service =
        new CalledService(
            "minds",
            NOWHERE,
            Duration.ofMillis(500),
            1,
            Breaker.Settings.forService(),
            Runnable::run);
    GrpcRunner runner =
        new GrpcRunner(
            service,
            optional,
            (_, _) -> {
              calls.incrementAndGet();
              return Future.failedFuture(AWAY);
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

  @Test
  void shouldSayThatAnEssentialCallWasNotMadeAndForHowLongNoneIs() {
    CalledService service = service(1, Runnable::run);
    GrpcRunner runner = new GrpcRunner(service, ESSENTIAL, (_, _) -> Future.failedFuture(AWAY));
    for (int i = 0; i < 5; i++) {
      assertThat(runner.refusing()).isZero();
      assertThat(runner.run(task()).toCompletableFuture().join())
          .isInstanceOf(Outcome.Failed.class);
    }
    assertThat(runner.run(task()).toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.is("CIRCUIT_OPEN")).isTrue());
    assertThat(runner.refusing()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(30));
  }

  /** Each that is refused lets the next one begin, and a thread has half a megabyte of stack. */
  @Test
  void shouldRefuseTenThousandThatWaitWhenTheBreakerOpensAStretchAtATime() {
    Queue<Runnable> turns = new ArrayDeque<>();
    CalledService service = service(5, turns::add);
    List<Promise<JsonNode>> underWay = new ArrayList<>();
    GrpcRunner runner =
        new GrpcRunner(
            service,
            ESSENTIAL,
            (_, _) -> {
              Promise<JsonNode> answer = Promise.promise();
              underWay.add(answer);
              return answer.future();
            });
    List<CompletableFuture<Outcome>> all =
        IntStream.range(0, 10_005).mapToObj(_ -> runner.run(task()).toCompletableFuture()).toList();
    assertThat(underWay).hasSize(5);

    List.copyOf(underWay).forEach(answer -> answer.fail(AWAY));
    assertThat(all).filteredOn(CompletableFuture::isDone).hasSizeLessThan(1_000);
    for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
      turn.run();
    }
    assertThat(all.subList(0, 5)).allMatch(one -> one.join() instanceof Outcome.Failed);
    assertThat(underWay).as("begun before the fifth failure").hasSize(9);
    assertThat(all.subList(9, all.size())).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  /** Otherwise one impatient workflow would keep all others from the service. */
  @Test
  void shouldNotBlameTheServiceForADeadlineThatIsShorterThanItsOwn() {
    CalledService service = service(1, Runnable::run);
    Fault late = Fault.of(Fault.Kind.TIMEOUT, "GRPC_DEADLINE_EXCEEDED", "No answer came.");
    GrpcRunner runner = new GrpcRunner(service, ESSENTIAL, (_, _) -> Future.failedFuture(late));
    for (int i = 0; i < 20; i++) {
      assertThat(runner.run(task(Duration.ofMillis(1), true)).toCompletableFuture().join())
          .isInstanceOfSatisfying(
              Outcome.Failed.class, failed -> assertThat(failed.error().status()).isEqualTo(408));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(runner.refusing()).isZero();
      var unused = runner.run(task()).toCompletableFuture().join();
    }
    assertThat(runner.refusing()).isPositive();
  }

  @Test
  void shouldNotBeginACallThatNobodyWantsAnyMore() {
    AtomicInteger calls = new AtomicInteger();
    GrpcRunner runner =
        new GrpcRunner(
            service(1, Runnable::run),
            ESSENTIAL,
            (_, _) -> {
              calls.incrementAndGet();
              return Future.succeededFuture(NullNode.instance);
            });
    assertThat(runner.run(task(null, false)).toCompletableFuture()).isDone();
    assertThat(calls).hasValue(0);
    assertThat(runner.run(task(null, true)).toCompletableFuture()).isDone();
    assertThat(calls).hasValue(1);
  }

  private static CalledService service(int maxUnderWay, Executor turns) {
    return new CalledService(
        "service",
        NOWHERE,
        Duration.ofSeconds(5),
        maxUnderWay,
        Breaker.Settings.forService(),
        turns);
  }

  private static Outcome.Failed failed(Fault.Kind kind) {
    Fault fault = Fault.of(kind, "SOME_REASON", "It did not work.");
    CalledService service =
        new CalledService(
            "service",
            NOWHERE,
            Duration.ofSeconds(1),
            1,
            Breaker.Settings.forService(),
            Runnable::run);
    GrpcRunner runner = new GrpcRunner(service, ESSENTIAL, (_, _) -> Future.failedFuture(fault));
    return (Outcome.Failed) runner.run(task()).toCompletableFuture().join();
  }

  private static Task task() {
    return task(null, true);
  }

  private static Task task(@Nullable Duration deadline, boolean wanted) {
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
    return new Task(run, "stamp", NullNode.instance, "key", 1, deadline, () -> wanted);
  }
}
