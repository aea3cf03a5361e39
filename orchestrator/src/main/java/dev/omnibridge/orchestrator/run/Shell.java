// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.PendingCall;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.orchestrator.workflow.WorkflowError.Kind;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the runs in memory share: the world, the settings, and the way out of memory. */
final class Shell {
  /** A function whose runner is gone is not the workflow's fault: it waits for the runner. */
  private static final CallPolicy NO_RUNNER =
      new CallPolicy(
          TaskKind.ESSENTIAL,
          new RetryPolicy(
              null,
              null,
              Duration.ofSeconds(30),
              RetryPolicy.Backoff.CONSTANT,
              Duration.ZERO,
              Duration.ofSeconds(5),
              null,
              null),
          NullNode.instance);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

  private final World world;
  private final Settings settings;
  private final Hints hints = new Hints();
  private final BiConsumer<RunKey, ActiveRun> leave;
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private int appending;
  private boolean stopping;

  Shell(World world, Settings settings, BiConsumer<RunKey, ActiveRun> leave) {
    this.world = world;
    this.settings = settings;
    this.leave = leave;
  }

  Settings settings() {
    return settings;
  }

  Hints hints() {
    return hints;
  }

  EventLog log() {
    return world.log();
  }

  /** The log keeps microseconds, so nothing finer goes into an event. */
  Instant now() {
    return world.clock().now().truncatedTo(ChronoUnit.MICROS);
  }

  String newId(Instant at) {
    return Ids.uuid7(at, world.random()).toString();
  }

  World.Timer later(Duration delay, Runnable action) {
    return world.timers().after(delay, action);
  }

  /** The pause before another try: doubles, is spread, and never grows beyond the settings. */
  Duration pause(int tries) {
    long cap =
        Math.min(settings.maxPause().toMillis(), SHORTEST_PAUSE.toMillis() << Math.min(tries, 20));
    return Duration.ofMillis(cap / 2 + world.random().nextLong(cap / 2 + 1));
  }

  Fault faultOf(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof Fault fault ? fault : Fault.broken(cause);
  }

  CompletionStage<Outcome> make(Run run, PendingCall call) {
    CompletableFuture<Outcome> made = new CompletableFuture<>();
    world.turns().next(() -> start(run, call, made));
    return made;
  }

  private void start(Run run, PendingCall call, CompletableFuture<Outcome> made) {
    if (!world.tasks().knows(call.function())) {
      String detail = "There is no runner for '%s' at this time".formatted(call.function());
      WorkflowError error = WorkflowError.of(Kind.CONFIGURATION, detail, null);
      made.complete(new Outcome.Failed(error, true, NO_RUNNER));
      return;
    }
    Task task =
        new Task(
            run,
            call.function(),
            call.arguments(),
            call.idempotencyKey(run.id()),
            call.attempt(),
            call.timeout());
    world
        .tasks()
        .runner(call.function())
        .run(task)
        .whenComplete((outcome, failure) -> {
          if (failure == null) {
            made.complete(outcome);
          } else {
            made.completeExceptionally(failure);
          }
        });
  }

  /** What a runner says of a call; one that breaks its promise to say something has failed. */
  Command recorded(PendingCall call, @Nullable Outcome outcome, @Nullable Throwable failure) {
    Outcome known = outcome;
    if (known == null || failure != null) {
      String detail =
          failure == null ? "No outcome" : String.valueOf(faultOf(failure).getMessage());
      WorkflowError error = WorkflowError.of(Kind.RUNTIME, detail, null);
      known = new Outcome.Failed(error, true, NO_RUNNER);
    }
    return new Command.RecordOutcome(
        call.ordinal(), call.attempt(), known, world.random().nextDouble(), now());
  }

  /** Instead of an outcome that the log refuses to keep: the step failed, for that reason. */
  Command refused(Command.RecordOutcome outcome, Fault fault) {
    String detail = "The log refuses what this step leads to (%s)".formatted(fault.reason());
    WorkflowError error = WorkflowError.of(Kind.RUNTIME, detail, null);
    return new Command.RecordOutcome(
        outcome.ordinal(),
        outcome.attempt(),
        new Outcome.Failed(error, false, NO_RUNNER),
        outcome.jitter(),
        outcome.at());
  }

  Command retryDue(Workflow.Waiting waiting) {
    return new Command.RetryDue(waiting.due(), world.random().nextDouble(), now());
  }

  void leave(RunKey key, ActiveRun run) {
    leave.accept(key, run);
  }

  void appending(int change) {
    appending += change;
    if (stopping && appending == 0) {
      quiet.complete(null);
    }
  }

  boolean stopping() {
    return stopping;
  }

  /** Nothing new begins from now on; the stage completes when the last append has its answer. */
  CompletionStage<Void> stop() {
    stopping = true;
    appending(0);
    return quiet;
  }
}
