// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.Next;
import dev.omnibridge.orchestrator.workflow.PendingCall;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.orchestrator.workflow.WorkflowError.Kind;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.LogKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What the runs in memory share: the world, the settings, and the way out of memory. */
final class Shell {
  private static final Logger log = LoggerFactory.getLogger(Shell.class);

  private static final CallPolicy BROKEN_RUNNER =
      new CallPolicy(
          TaskKind.ESSENTIAL, RetryPolicy.doubling(5, Duration.ofSeconds(1)), NullNode.instance);

  /** How often a run whose function has no runner looks for it. */
  private static final Duration HOLD = Duration.ofSeconds(30);

  /** While a service that was away is tried by others; spread, up to twice as long. */
  private static final Duration SHORT_HOLD = Duration.ofSeconds(1);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

  /** The way out of memory. */
  interface Exit {
    /** Null: whoever needs the run finds it in the log. */
    void leave(RunKey key, ActiveRun run, @Nullable Duration backAfter);

    /** The call of one that left has ended, and what it held is gone. */
    void callEnded();
  }

  private final World world;
  private final Settings settings;
  private final Hints hints = new Hints();
  private final Room room;
  private final Exit exit;
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private int appending;
  private boolean stopping;

  Shell(World world, Settings settings, Exit exit) {
    this.world = world;
    this.settings = settings;
    this.room = new Room(settings.maxHeld());
    this.exit = exit;
  }

  Settings settings() {
    return settings;
  }

  Hints hints() {
    return hints;
  }

  Room room() {
    return room;
  }

  /** How long a run may wait in memory. */
  Duration patience() {
    return room.taken() ? Duration.ZERO : settings.keepWaiting();
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

  CompletionStage<Outcome> make(Run run, PendingCall call, BooleanSupplier wanted) {
    CompletableFuture<Outcome> made = new CompletableFuture<>();
    world.turns().next(() -> start(run, call, () -> !stopping && wanted.getAsBoolean(), made));
    return made;
  }

  private void start(
      Run run, PendingCall call, BooleanSupplier wanted, CompletableFuture<Outcome> made) {
    Task task =
        new Task(
            run,
            call.function(),
            call.arguments(),
            call.idempotencyKey(run.id()),
            call.attempt(),
            call.timeout(),
            wanted);
    CompletionStage<Outcome> running;
    try {
      running = world.tasks().runner(call.function()).run(task);
    } catch (RuntimeException broken) {
      running = CompletableFuture.failedStage(broken);
    }
    running.whenComplete((outcome, failure) -> {
      if (failure == null) {
        made.complete(outcome);
      } else {
        made.completeExceptionally(failure);
      }
    });
  }

  /** Whether what a run goes on with can be done in this process, as it is now. */
  boolean canDo(Next next) {
    return !(next instanceof Next.Call(PendingCall call))
        || world.tasks().knows(call.function()) && refusing(call).isZero();
  }

  private Duration refusing(PendingCall call) {
    return world.tasks().runner(call.function()).refusing();
  }

  /** How long until it is worth looking whether a call can be made that cannot be now. */
  private Duration hold(PendingCall call) {
    if (!world.tasks().knows(call.function())) {
      return HOLD;
    }
    return refusing(call)
        .plus(SHORT_HOLD)
        .plusMillis(world.random().nextLong(SHORT_HOLD.toMillis()));
  }

  /**
   * That a function has no runner, or that its service has failed others again and again, is not
   * the workflow's fault, and takes none of its attempts.
   */
  Command held(PendingCall call) {
    WorkflowError why =
        world.tasks().knows(call.function())
            ? WorkflowError.of(
                Kind.COMMUNICATION,
                "What makes '%s' failed repeatedly and is not called for now"
                    .formatted(call.function()),
                call.pointer())
            : WorkflowError.of(
                Kind.CONFIGURATION,
                "There is no runner for '%s' at this time".formatted(call.function()),
                call.pointer());
    Instant now = now();
    return new Command.Hold(call.ordinal(), call.attempt(), why, now.plus(hold(call)), now);
  }

  /** What a runner says of a call; one that breaks its promise to say something has failed. */
  Command recorded(PendingCall call, @Nullable Outcome outcome, @Nullable Throwable failure) {
    if (failure != null && faultOf(failure).is(TaskRunner.NOT_MADE)) {
      return held(call);
    }
    Outcome known = outcome;
    if (known == null || failure != null) {
      log.atError()
          .setCause(failure)
          .addKeyValue(LogKeys.REASON, call.function())
          .log("a runner ended without the outcome that it promises");
      String detail =
          failure == null ? "No outcome" : String.valueOf(faultOf(failure).getMessage());
      WorkflowError error = WorkflowError.of(Kind.RUNTIME, detail, null);
      known = new Outcome.Failed(error, true, BROKEN_RUNNER);
    }
    return new Command.RecordOutcome(
        call.ordinal(), call.attempt(), known, world.random().nextDouble(), now());
  }

  /** Instead of what the log refuses to keep: the end of the run, in words that it takes. */
  Command refused(Fault fault) {
    String detail = "The log refuses what this step leads to (%s)".formatted(fault.reason());
    return new Command.Fail(WorkflowError.of(Kind.RUNTIME, detail, null), now());
  }

  /** Instead of what a bug keeps from being decided: the end of the run, not the call anew. */
  Command undecidable() {
    String detail = "What this step leads to cannot be decided; the server's log has the details";
    return new Command.Fail(WorkflowError.of(Kind.RUNTIME, detail, null), now());
  }

  Command retryDue(Workflow.Waiting waiting) {
    return new Command.RetryDue(waiting.due(), world.random().nextDouble(), now());
  }

  /** Whether this process is the one to work on a shard, as it sees it now. */
  boolean owns(int shard) {
    return world.membership().shards().contains(shard);
  }

  /** Tells the owner of a run that there is something to do. */
  void wake(RunKey key, long version) {
    world.membership().wake(key, version);
  }

  void leave(RunKey key, ActiveRun run) {
    exit.leave(key, run, null);
  }

  /** Out of memory until it is worth looking again whether its call can be made. */
  void shelve(RunKey key, ActiveRun run, Next next) {
    exit.leave(key, run, next instanceof Next.Call(PendingCall call) ? hold(call) : HOLD);
  }

  /** There is room again, and whoever has waited for it comes before who comes only now. */
  void callEnded() {
    exit.callEnded();
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

  /** Once per append, and not by every run when the log is known to be away. */
  void complain(int tries, RunKey key, Fault fault) {
    if (!fault.kind().worthRetrying()) {
      told(log.atError(), key, fault).log("append is refused, and repeated");
    } else if (tries == 0 && !fault.is("CIRCUIT_OPEN")) {
      told(log.atWarn(), key, fault).log("append is repeated");
    }
  }

  /** A line about a run and what befell it. */
  static LoggingEventBuilder told(LoggingEventBuilder line, RunKey key, Fault fault) {
    return line.setCause(fault.kind() == Fault.Kind.BROKEN ? fault.getCause() : null)
        .addKeyValue(LogKeys.RUN_ID, key.runId())
        .addKeyValue(LogKeys.REASON, fault.reason());
  }
}
