// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.definition.InvalidDefinition;
import dev.omnibridge.orchestrator.run.EventLog.Fingerprint;
import dev.omnibridge.orchestrator.run.EventLog.Loaded;
import dev.omnibridge.orchestrator.run.EventLog.Submitted;
import dev.omnibridge.orchestrator.run.Submission.Result;
import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.RunId;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The runs of this process: takes submissions and commands, and keeps every run that it has going.
 */
public final class Workflows {
  /** How many runs are loaded at once to be cancelled. */
  private static final int CANCELS = 32;

  private final World world;
  private final Settings settings;
  private final Shell shell;
  private final Definitions definitions;
  private final Recovery recovery;
  private final Gate cancels;
  private final Map<RunKey, ActiveRun> active = new HashMap<>();
  private final Map<RunKey, Load> loading = new HashMap<>();
  private final Map<RunKey, CompletionStage<RunRow>> cancelling = new HashMap<>();
  private final Set<String> storedDefinitions = new HashSet<>();
  private int submitting;

  public Workflows(DefinitionReader reader, World world, Settings settings) {
    this.world = world;
    this.settings = settings;
    this.shell = new Shell(world, settings, exit());
    this.definitions = new Definitions(reader, world, settings);
    this.cancels = new Gate(CANCELS, shell.room().extra(), shell.room()::expected);
    this.recovery = new Recovery(this, world, settings, shell);
  }

  /** Takes up the unfinished runs, and looks for due ones from now on. */
  public void start() {
    world.membership().onChange(this::shardsChanged);
    recovery.start();
  }

  /**
   * Starts a run. Durable when the stage completes; after a failure of kind UNAVAILABLE or TIMEOUT
   * it may begin nevertheless, and a repeat with the same request id tells.
   */
  public CompletionStage<Result> submit(Submission submission) {
    if (shell.stopping()) {
      return CompletableFuture.failedStage(Refusals.stopping());
    }
    if (activeCount() >= settings.maxActive()) {
      return CompletableFuture.failedStage(Refusals.tooManyToSubmit(settings.maxActive()));
    }
    makeRoom();
    if (shell.room().taken()) {
      return CompletableFuture.failedStage(Refusals.tooLarge(settings.maxHeld()));
    }
    Arrival arrival = new Arrival(shell.room(), submission);
    submitting++;
    return definitions
        .read(submission.definition())
        .exceptionallyCompose(failure -> CompletableFuture.failedStage(explained(failure)))
        .whenComplete((_, _) -> arrival.begun())
        .thenCompose(definition -> begin(submission, definition))
        .whenComplete((_, _) -> {
          submitting--;
          arrival.answered();
        });
  }

  private Throwable explained(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
    return cause instanceof InvalidDefinition invalid ? Refusals.of(invalid) : cause;
  }

  private CompletionStage<Result> begin(Submission submission, Definitions.Pinned definition) {
    for (String function : definition.definition().functions()) {
      if (!world.tasks().knows(function)) {
        throw Refusals.unknownRunner(definition.definition(), function);
      }
    }
    Run run = submission.run(new RunId(shell.newId(shell.now())), definition, shell.now());
    Fingerprint fingerprint = submission.fingerprint(definition);
    RunKey key = RunKey.of(run);
    boolean stored = storedDefinitions.contains(definition.hash());
    Submitted submitted =
        new Submitted(
            submission.requestId(),
            fingerprint,
            definition.workflowType(),
            stored ? null : definition.text());
    ActiveRun begun =
        new ActiveRun(shell, key, definition, new Loaded(new Workflow.Absent(), 0, 0));
    active.put(key, begun);
    return begun
        .ask(new Command.Submit(run), submitted)
        .<Result>thenApply(row -> started(row, definition))
        .exceptionally(failure -> notStarted(submission, fingerprint, failure));
  }

  private Result started(RunRow row, Definitions.Pinned definition) {
    if (storedDefinitions.size() < settings.maxActive()) {
      storedDefinitions.add(definition.hash());
    }
    return new Result.Started(row);
  }

  private Result notStarted(Submission submission, Fingerprint fingerprint, Throwable failure) {
    Fault fault = shell.faultOf(failure);
    if (fault.is("WORKFLOW_ID_TAKEN") || fault.is("REQUEST_ID_TAKEN")) {
      return submission.taken(fault, fingerprint);
    }
    throw fault;
  }

  /**
   * Cancels a run that has not ended; the stage gives its row. Also while memory is full, for that
   * is a way to make room; those that have to be loaded for it then come a few at a time. However
   * many cancel the same one until it is there, it waits once, and all hear what becomes of that.
   */
  public CompletionStage<RunRow> cancel(RunKey key, String reason) {
    Supplier<CompletionStage<RunRow>> cancel =
        () ->
            activate(key)
                .thenCompose(run -> run.ask(new Command.Cancel(reason, shell.now()), null));
    if (active.containsKey(key)) {
      return cancel.get();
    }
    CompletionStage<RunRow> underWay = cancelling.get(key);
    if (underWay != null) {
      return underWay;
    }
    CompletionStage<RunRow> row = cancels.pass(cancel);
    cancelling.put(key, row);
    return row.whenComplete((_, _) -> cancelling.remove(key));
  }

  /** The run in memory, loaded if it is not there yet, whether or not there is room for it. */
  private CompletionStage<ActiveRun> activate(RunKey key) {
    ActiveRun known = active.get(key);
    if (known != null) {
      return CompletableFuture.completedStage(known);
    }
    return load(key, 0, true).end().thenApply(Optional::orElseThrow);
  }

  /**
   * Takes a run into memory that goes on here. The stage gives 0 when it is there, and what it
   * weighs when there was no room for it; then it is to be taken up again, with that weight.
   *
   * @param weight of the run; 0 when that is not known
   * @param dueVersion that it had when it was due by the log's clock, by which alone that is
   *     judged; 0 when it was not
   */
  CompletionStage<Long> takeUp(RunKey key, long weight, long dueVersion) {
    ActiveRun known = active.get(key);
    if (known != null) {
      goOn(known, dueVersion);
      return CompletableFuture.completedStage(0L);
    }
    Load load = load(key, weight, false);
    load.due(dueVersion);
    return load.end().thenApply(run -> run.isPresent() ? 0 : load.weight());
  }

  private Load load(RunKey key, long weight, boolean wanted) {
    Load underWay = loading.get(key);
    Load load = underWay == null ? new Load(shell.room(), weight) : underWay;
    if (wanted) {
      load.want();
    }
    if (underWay == null) {
      loading.put(key, load);
      load(key, load);
    }
    return load;
  }

  private void load(RunKey key, Load load) {
    world
        .log()
        .load(key)
        .thenCompose(found -> revive(key, load, found))
        .whenComplete((run, failure) -> {
          loading.remove(key);
          load.settle();
          if (failure != null) {
            load.end().completeExceptionally(shell.faultOf(failure));
            return;
          }
          run.ifPresent(there -> active.put(key, there));
          load.end().complete(run);
          run.ifPresent(there -> goOn(there, load.dueVersion()));
        });
  }

  private static void goOn(ActiveRun run, long dueVersion) {
    if (dueVersion > 0) {
      run.due(dueVersion);
    } else {
      run.act();
    }
  }

  private CompletionStage<Optional<ActiveRun>> revive(RunKey key, Load load, Loaded loaded) {
    String hash =
        switch (loaded.workflow()) {
          case Workflow.Unfinished w -> w.run().definitionHash();
          case Workflow.Finished w -> w.run().definitionHash();
          case Workflow.Absent _ ->
              throw Fault.notFound("WORKFLOW_NOT_FOUND", "There is no such run.");
        };
    return load.arrived(loaded.workflow(), hash)
        ? definitions.byHash(hash).thenApply(definition -> revive(key, load, loaded, definition))
        : CompletableFuture.completedStage(Optional.empty());
  }

  private Optional<ActiveRun> revive(
      RunKey key, Load load, Loaded loaded, Definitions.Pinned definition) {
    return load.arrived(definition)
        ? Optional.of(shell.room().loaded(() -> new ActiveRun(shell, key, definition, loaded)))
        : Optional.empty();
  }

  /**
   * The row of an unfinished run that goes on here, as it was appended last; whoever listens to the
   * {@link #hints} from the same turn on hears of its end. Null where the log has to be read.
   */
  public @Nullable RunRow here(RunKey key) {
    ActiveRun run = active.get(key);
    RunRow row = run == null ? null : run.row();
    return row == null || row.finished() ? null : row;
  }

  /**
   * A run that is in memory is told what the log says of it; one that is not has to be loaded, also
   * when it is being loaded for somebody, who would only hear that this has failed.
   */
  boolean nudge(EventLog.Pointer pointer) {
    ActiveRun run = active.get(pointer.key());
    if (run == null) {
      return false;
    }
    if (pointer.due()) {
      run.due(pointer.version());
    } else {
      run.moved(pointer.version());
    }
    return true;
  }

  /** Somebody else appended to a run that is to go on here. A hint: due runs are found anyway. */
  public void wake(RunKey key, long version) {
    ActiveRun run = active.get(key);
    if (run != null) {
      run.moved(version);
    } else if (!shell.stopping() && shell.owns(key.shard())) {
      recovery.find(key);
    }
  }

  /** What goes on elsewhere from now on leaves, and what goes on here from now on is looked for. */
  private void shardsChanged() {
    List.copyOf(active.values()).forEach(ActiveRun::act);
    recovery.scan();
  }

  /** Those that began to wait when there was room look again once there is none, and may leave. */
  void makeRoom() {
    if (shell.room().hasBeenTaken()) {
      List.copyOf(active.values()).forEach(ActiveRun::act);
    }
  }

  private Shell.Exit exit() {
    return new Shell.Exit() {
      @Override
      public void leave(RunKey key, ActiveRun run, @Nullable Duration backAfter) {
        if (active.remove(key, run)) {
          run.stop();
          if (backAfter != null) {
            recovery.postpone(key, backAfter);
          }
          recovery.pump();
        }
      }

      @Override
      public void callEnded() {
        recovery.pump();
      }
    };
  }

  /** Whether a run is in memory, on its way into it, or has a time here at which it will be. */
  boolean holds(RunKey key) {
    return active.containsKey(key) || loading.containsKey(key) || recovery.expects(key);
  }

  /** Whether no other run is to be loaded. */
  boolean full() {
    return activeCount() >= settings.maxActive() || shell.room().willBeTaken();
  }

  /** Runs in memory or on their way into it. */
  public int activeCount() {
    return active.size() + loading.size() + submitting;
  }

  /** Tells watchers in this process when a run has moved. */
  public Hints hints() {
    return shell.hints();
  }

  /** True once every run that was unfinished at the start has been taken up. */
  public boolean recovered() {
    return recovery.done();
  }

  /** Begins nothing new; the stage completes when no append is under way any more. */
  public CompletionStage<Void> stop() {
    CompletionStage<Void> quiet = shell.stop();
    recovery.stop();
    active.values().forEach(ActiveRun::stop);
    return quiet;
  }
}
