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

/**
 * One run in memory: takes one command after the other, and does what its state calls for. An
 * append whose answer was lost is repeated as it is until its fate is known; one that came too late
 * makes the run load itself and decide anew.
 *
 * <p>A run whose shard belongs to another process goes on here only until somebody else is sure to
 * look at it: every append by anyone but the owner makes it due at once.
 */
final class ActiveRun {
  private static final Logger log = LoggerFactory.getLogger(ActiveRun.class);
  private static final int MAX_WAITING = 100;
  private static final int MAX_CONFLICTS = 20;

  private final Shell shell;
  private final RunKey key;
  private final int shard;
  private final Definitions.Pinned definition;
  private final ArrayDeque<Ask> asks = new ArrayDeque<>();
  private final Weight weight;
  private Workflow state;
  private long version;
  private long snapshotVersion;
  private boolean busy;
  private boolean gone;

  /** True while somebody else is at work on the run, or a time is in the log to look at it. */
  private boolean lookedAfter;

  /** What was appended here last; null once somebody else may have written. */
  private @Nullable RunRow lastRow;

  private @Nullable PendingCall underWay;
  private World.@Nullable Timer alarm;

  ActiveRun(Shell shell, RunKey key, Definitions.Pinned definition, Loaded loaded) {
    this.shell = shell;
    this.key = key;
    this.shard = key.shard();
    this.definition = definition;
    this.state = loaded.workflow();
    this.version = loaded.version();
    this.snapshotVersion = loaded.snapshotVersion();
    this.lookedAfter = loaded.version() > 0;
    this.weight = new Weight(shell.room(), definition, state);
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
    busy = ask != null;
    if (ask == null) {
      weight.of(state);
      act();
      return;
    }
    if (shell.stopping()) {
      fail(ask, Refusals.stopping());
      return;
    }
    Runnable next;
    try {
      next = decide(ask);
    } catch (RuntimeException | StackOverflowError bug) {
      log.atError()
          .setCause(bug)
          .addKeyValue(LogKeys.RUN_ID, key.runId())
          .log("command cannot be decided");
      endInstead(ask, Fault.broken(), shell.undecidable());
      return;
    }
    next.run();
  }

  /** What to do for a command; does nothing yet, so that what fails here is the decision itself. */
  private Runnable decide(Ask ask) {
    return switch (definition.rules().decide(state, ask.command)) {
      case Decision.Accepted(List<Event> events) -> {
        Append append = prepare(ask, events);
        yield () -> append(ask, append, 0);
      }
      case Decision.AlreadyDone() -> {
        RunRow row = RunRow.of(state, version, shell.now());
        yield () -> answer(ask, row);
      }
      case Decision.Refused refused -> () -> fail(ask, Refusals.of(refused, key));
    };
  }

  private Append prepare(Ask ask, List<Event> events) {
    Workflow after = WorkflowRules.evolve(state, events);
    weight.of(state, after);
    long newVersion = version + events.size();
    boolean due = newVersion - snapshotVersion >= shell.settings().snapshotEvery();
    RunRow row = row(after, newVersion, ask.command);
    return new Append(
        shell.newId(ask.command.at()),
        row.run(),
        version,
        events.stream().map(event -> new Identified(shell.newId(event.at()), event)).toList(),
        due && after instanceof Workflow.Unfinished ? after : null,
        row,
        ask.submission);
  }

  private RunRow row(Workflow after, long newVersion, Command command) {
    RunRow row = RunRow.of(after, newVersion, command.at());
    if (command instanceof Command.Hold hold && !row.finished()) {
      return row.because(hold.why());
    }
    return shell.owns(shard) ? row : row.dueAtOnce();
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
    lastRow = append.row();
    lookedAfter = append.row().dueIn() != null;
    if (append.snapshot() != null) {
      snapshotVersion = version;
    }
    answer(ask, append.row());
    shell.hints().moved(append.row());
    if (lookedAfter && !shell.owns(shard)) {
      shell.wake(key, version);
    }
  }

  private void notAppended(Ask ask, Append append, int tries, Fault fault) {
    ask.heard(fault);
    if (shell.stopping()) {
      fail(ask, Refusals.stopping());
    } else if (fault.kind() == Fault.Kind.CONFLICT) {
      conflict(ask, fault);
    } else if (ask.submission != null && ask.surelyNotAppended(fault)) {
      fail(ask, fault);
    } else if (ask.neverAppended(fault)) {
      refused(ask, fault);
    } else {
      shell.complain(tries, key, fault);
      shell.later(shell.pause(tries), () -> append(ask, append, tries + 1));
    }
  }

  private void refused(Ask ask, Fault fault) {
    Shell.told(log.atError(), key, fault).log("append is refused");
    endInstead(ask, fault, shell.refused(fault));
  }

  /**
   * What cannot be decided, or is never taken by the log, ends the run instead. If that end fares
   * no better, the log may be broken for everybody: then what was wanted at first is asked again,
   * after a while and after everybody else.
   */
  private void endInstead(Ask ask, Fault fault, Command end) {
    if (!ask.ofTheShell()) {
      fail(ask, fault);
    } else if (ask.command == ask.asked) {
      ask.command = end;
      turn();
    } else {
      ask.command = ask.asked;
      asks.remove(ask);
      asks.add(ask);
      shell.later(shell.settings().maxPause(), this::turn);
    }
  }

  /** Somebody else wrote: what they wrote decides what the command means now. */
  private void conflict(Ask ask, Fault fault) {
    lookedAfter = true;
    lastRow = null;
    if (ask.submission != null || ++ask.conflicts > MAX_CONFLICTS) {
      fail(ask, fault);
    } else {
      ask.command = ask.asked;
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
            if (state instanceof Workflow.Finished) {
              shell.hints().moved(RunRow.of(state, version, shell.now()));
            }
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

  /** Does what the state calls for; while that is under way, doing it again does nothing. */
  void act() {
    lastRow = shell.owns(shard) ? lastRow : null;
    if (busy || gone || shell.stopping()) {
      return;
    }
    switch (state) {
      case Workflow.Running w when w.next() instanceof Next.Call(PendingCall call) -> {
        if (isUnderWay(call)) {
          return;
        }
        if (isElsewhere()) {
          shell.leave(key, this);
        } else if (shell.canDo(w.next())) {
          call(w.run(), call);
        } else {
          settle(shell.held(call));
        }
      }
      case Workflow.Waiting w -> await(w);
      case Workflow.Unfinished _ when isElsewhere() -> shell.leave(key, this);
      case Workflow.Unfinished _ -> {}
      case Workflow.Absent _, Workflow.Finished _ -> shell.leave(key, this);
    }
  }

  /** Another process is the one to go on, and sure to do so. */
  private boolean isElsewhere() {
    return lookedAfter && !shell.owns(shard);
  }

  private boolean isUnderWay(PendingCall call) {
    return underWay != null
        && underWay.ordinal() == call.ordinal()
        && underWay.attempt() == call.attempt();
  }

  /** Until the outcome is recorded, the run is busy, so nothing makes the call a second time. */
  private void call(Run run, PendingCall call) {
    underWay = call;
    weight
        .during(call, shell.make(run, call, () -> !gone))
        .whenComplete((outcome, failure) -> {
          if (isUnderWay(call)) {
            underWay = null;
          }
          settle(shell.recorded(call, outcome, failure));
        });
  }

  /** A command of the shell's own; one that fails is made anew from the state, after a pause. */
  private void settle(Command command) {
    if (gone || shell.stopping()) {
      shell.callEnded();
      return;
    }
    enqueue(new Ask(command, null))
        .whenComplete((_, failure) -> {
          if (failure != null && !shell.stopping()) {
            log.atWarn()
                .setCause(failure)
                .addKeyValue(LogKeys.RUN_ID, key.runId())
                .log("outcome was not recorded; the step is done again");
            shell.later(shell.settings().maxPause(), this::act);
          }
        });
  }

  private void await(Workflow.Waiting waiting) {
    Duration delay = Duration.between(shell.now(), waiting.due());
    if (delay.compareTo(shell.patience()) > 0 || !shell.owns(shard)) {
      shell.leave(key, this);
    } else if (alarm == null) {
      alarm = shell.later(delay.isNegative() ? Duration.ZERO : delay, this::due);
    }
  }

  /** The row of the run, as far as what was appended here is all there is. */
  @Nullable RunRow row() {
    return gone || !shell.owns(shard) ? null : lastRow;
  }

  /** The run was due by the log's clock when it had a version there. */
  void due(long knownVersion) {
    if (overtaken(knownVersion) || knownVersion < version) {
      act();
    } else {
      due();
    }
  }

  /** The run has a version in the log. */
  void moved(long knownVersion) {
    boolean unused = overtaken(knownVersion);
    act();
  }

  /** Whether somebody else has written; then what they wrote is loaded. */
  private boolean overtaken(long knownVersion) {
    if (knownVersion <= version || busy || shell.stopping()) {
      return false;
    }
    busy = true;
    lookedAfter = true;
    lastRow = null;
    reload(0);
    return true;
  }

  /** The time that the run waits for has come, by the log's clock or by a timer. */
  private void due() {
    silence();
    if (busy || shell.stopping() || !(state instanceof Workflow.Waiting waiting)) {
      act();
    } else if (shell.canDo(waiting.next())) {
      settle(shell.retryDue(waiting));
    } else {
      shell.shelve(key, this, waiting.next());
    }
  }

  /** It leaves memory: what is under way may still end, but nothing follows from it. */
  void stop() {
    gone = true;
    weight.lift();
    silence();
  }

  private void silence() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }
}
