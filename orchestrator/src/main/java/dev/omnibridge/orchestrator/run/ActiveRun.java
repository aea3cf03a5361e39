// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Append;
import dev.omnibridge.orchestrator.run.EventLog.Identified;
import dev.omnibridge.orchestrator.run.EventLog.Loaded;
import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.orchestrator.workflow.Decision;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Next;
import dev.omnibridge.orchestrator.workflow.PendingCall;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One run in memory: takes one command after the other, and does what its state calls for. An
 * append whose answer was lost is repeated as it is until its fate is known; one that came too late
 * makes the run load itself and decide anew.
 */
final class ActiveRun {
  private static final Logger log = LoggerFactory.getLogger(ActiveRun.class);
  private static final int MAX_WAITING = 100;
  private static final int MAX_CONFLICTS = 20;

  private final Shell shell;
  private final RunKey key;
  private final Definitions.Pinned definition;
  private final ArrayDeque<Ask> asks = new ArrayDeque<>();
  private Workflow state;
  private long version;
  private long snapshotVersion;
  private boolean busy;
  private long calledOrdinal;
  private int calledAttempt;
  private World.@Nullable Timer alarm;

  ActiveRun(Shell shell, RunKey key, Definitions.Pinned definition, Loaded loaded) {
    this.shell = shell;
    this.key = key;
    this.definition = definition;
    this.state = loaded.workflow();
    this.version = loaded.version();
    this.snapshotVersion = loaded.snapshotVersion();
  }

  /** A command with its answer, and what a submission brings along. */
  private static final class Ask {
    Command command;
    final EventLog.@Nullable Submitted submission;
    final CompletableFuture<RunRow> answer = new CompletableFuture<>();
    int conflicts;
    boolean sent;
    boolean refused;

    Ask(Command command, EventLog.@Nullable Submitted submission) {
      this.command = command;
      this.submission = submission;
    }
  }

  /** Decides a command after those before it; the stage gives the row as it is then. */
  CompletionStage<RunRow> ask(Command command, EventLog.@Nullable Submitted submission) {
    if (asks.size() >= MAX_WAITING) {
      return CompletableFuture.failedStage(Refusals.tooMany(MAX_WAITING));
    }
    return enqueue(new Ask(command, submission));
  }

  private CompletionStage<RunRow> enqueue(Ask ask) {
    asks.add(ask);
    if (!busy) {
      turn();
    }
    return ask.answer;
  }

  private void turn() {
    Ask ask = asks.peek();
    if (ask == null) {
      busy = false;
      act();
      return;
    }
    busy = true;
    try {
      decide(ask);
    } catch (RuntimeException | StackOverflowError bug) {
      log.atError()
          .setCause(bug)
          .addKeyValue(LogKeys.RUN_ID, key.runId())
          .log("command cannot be decided");
      fail(ask, Fault.broken(bug));
    }
  }

  private void decide(Ask ask) {
    switch (definition.rules().decide(state, ask.command)) {
      case Decision.Accepted(List<Event> events) -> append(ask, prepare(ask, events), 0);
      case Decision.AlreadyDone() -> answer(ask, row());
      case Decision.Refused refused -> fail(ask, Refusals.of(refused, key));
    }
  }

  private Append prepare(Ask ask, List<Event> events) {
    Workflow after = WorkflowRules.evolve(state, events);
    long newVersion = version + events.size();
    boolean due = newVersion - snapshotVersion >= shell.settings().snapshotEvery();
    return new Append(
        shell.newId(ask.command.at()),
        runOf(after),
        version,
        events.stream().map(event -> new Identified(shell.newId(event.at()), event)).toList(),
        due && after instanceof Workflow.Unfinished ? after : null,
        RunRow.of(after, newVersion, ask.command.at()),
        ask.submission);
  }

  private void append(Ask ask, Append append, int tries) {
    shell.appending(1);
    shell
        .log()
        .append(append)
        .whenComplete((_, failure) -> {
          shell.appending(-1);
          if (failure == null) {
            appended(ask, append);
          } else {
            notAppended(ask, append, tries, shell.faultOf(failure));
          }
        });
  }

  private void appended(Ask ask, Append append) {
    state = WorkflowRules.evolve(state, append.events().stream().map(Identified::event).toList());
    version = append.row().version();
    if (append.snapshot() != null) {
      snapshotVersion = version;
    }
    answer(ask, append.row());
    shell.hints().moved(append.row());
  }

  private void notAppended(Ask ask, Append append, int tries, Fault fault) {
    if (shell.stopping()) {
      fail(ask, Refusals.stopping());
    } else if (fault.kind() == Fault.Kind.CONFLICT) {
      conflict(ask, fault);
    } else if (ask.submission != null && surelyNotAppended(ask, fault)) {
      fail(ask, fault);
    } else if (neverAppended(fault)) {
      refused(ask, fault);
    } else {
      ask.sent = ask.sent || !fault.is("CIRCUIT_OPEN");
      complain(tries, fault);
      shell.later(shell.pause(tries), () -> append(ask, append, tries + 1));
    }
  }

  /** Refused for what it is, or never sent; then a submission is the client's matter again. */
  private static boolean surelyNotAppended(Ask ask, Fault fault) {
    return neverAppended(fault) || !ask.sent && fault.is("CIRCUIT_OPEN");
  }

  /** Refused for what it is, and so it would be again. */
  private static boolean neverAppended(Fault fault) {
    return switch (fault.kind()) {
      case INVALID, NOT_FOUND, EXISTS, REFUSED, OUT_OF_RANGE -> true;
      case CONFLICT, EXHAUSTED, UNAVAILABLE, TIMEOUT, CANCELLED, BROKEN -> false;
    };
  }

  /** What the log never takes fails the step instead, in words that the log takes. */
  private void refused(Ask ask, Fault fault) {
    told(log.atError(), fault).log("append is refused");
    if (ask.refused || !(ask.command instanceof Command.RecordOutcome outcome)) {
      fail(ask, fault);
      return;
    }
    ask.refused = true;
    ask.command = shell.refused(outcome, fault);
    turn();
  }

  /** Once per append, and not by every run when the log is known to be away. */
  private void complain(int tries, Fault fault) {
    if (!fault.kind().worthRetrying()) {
      told(log.atError(), fault).log("append is refused, and repeated");
    } else if (tries == 0 && !fault.is("CIRCUIT_OPEN")) {
      told(log.atWarn(), fault).log("append is repeated");
    }
  }

  private LoggingEventBuilder told(LoggingEventBuilder line, Fault fault) {
    return line.addKeyValue(LogKeys.RUN_ID, key.runId())
        .addKeyValue(LogKeys.REASON, fault.reason());
  }

  /** Somebody else wrote: what they wrote decides what the command means now. */
  private void conflict(Ask ask, Fault fault) {
    if (ask.submission != null || ++ask.conflicts > MAX_CONFLICTS) {
      fail(ask, fault);
    } else {
      shell.later(shell.pause(ask.conflicts), () -> reload(0));
    }
  }

  private void reload(int tries) {
    shell
        .log()
        .load(key)
        .whenComplete((loaded, failure) -> {
          if (failure == null) {
            state = loaded.workflow();
            version = loaded.version();
            snapshotVersion = loaded.snapshotVersion();
            turn();
          } else {
            shell.later(shell.pause(tries), () -> reload(tries + 1));
          }
        });
  }

  private void answer(Ask ask, RunRow row) {
    asks.remove(ask);
    ask.answer.complete(row);
    turn();
  }

  private void fail(Ask ask, Fault fault) {
    asks.remove(ask);
    ask.answer.completeExceptionally(fault);
    turn();
  }

  /** Does what the state calls for; doing it again does nothing. */
  void act() {
    if (busy || shell.stopping()) {
      return;
    }
    switch (state) {
      case Workflow.Running w when w.next() instanceof Next.Call(PendingCall call) ->
          call(w.run(), call);
      case Workflow.Waiting w -> await(w);
      case Workflow.Unfinished _ -> {}
      case Workflow.Absent _ -> shell.leave(key, this);
      case Workflow.Finished _ -> shell.leave(key, this);
    }
  }

  private void call(Run run, PendingCall call) {
    if (call.ordinal() == calledOrdinal && call.attempt() == calledAttempt) {
      return;
    }
    calledOrdinal = call.ordinal();
    calledAttempt = call.attempt();
    shell
        .make(run, call)
        .whenComplete((outcome, failure) -> settle(shell.recorded(call, outcome, failure)));
  }

  /** A command of the shell's own; one that fails is made anew from the state, after a pause. */
  private void settle(Command command) {
    if (shell.stopping()) {
      return;
    }
    enqueue(new Ask(command, null))
        .whenComplete((_, failure) -> {
          if (failure != null && !shell.stopping()) {
            log.atWarn()
                .setCause(failure)
                .addKeyValue(LogKeys.RUN_ID, key.runId())
                .log("outcome was not recorded; the step is done again");
            calledOrdinal = 0;
            calledAttempt = 0;
            shell.later(shell.settings().maxPause(), this::act);
          }
        });
  }

  private void await(Workflow.Waiting waiting) {
    Duration delay = Duration.between(shell.now(), waiting.due());
    if (delay.compareTo(shell.settings().keepWaiting()) > 0) {
      shell.leave(key, this);
    } else if (alarm == null) {
      alarm = shell.later(delay.isNegative() ? Duration.ZERO : delay, this::due);
    }
  }

  /** The time that the run waits for has come, by the log's clock or by a timer. */
  void due() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
    if (state instanceof Workflow.Waiting waiting) {
      settle(shell.retryDue(waiting));
    } else {
      act();
    }
  }

  void stop() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }

  private RunRow row() {
    return RunRow.of(state, version, shell.now());
  }

  private static Run runOf(Workflow workflow) {
    return switch (workflow) {
      case Workflow.Unfinished w -> w.run();
      case Workflow.Finished w -> w.run();
      case Workflow.Absent _ -> throw new IllegalStateException("There is no run");
    };
  }
}
