// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.run.TaskRunner.Task;
import dev.omnibridge.orchestrator.run.Trace.Kind;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Runners of one life: they take a while, sometimes a long one, fail now and then, and are unknown
 * for a time; what they do is done also when the node has crashed or given the run away.
 */
final class SimTasks implements World.Tasks {
  static final int SLOW_MILLIS = 30_000;
  static final int QUICK_MILLIS = 300;

  private final SimWorld world;
  private final SimLife life;

  SimTasks(SimWorld world, SimLife life) {
    this.world = world;
    this.life = life;
  }

  @Override
  public boolean knows(String function) {
    Instant until = life.node().withoutRunnersUntil;
    return !(function.equals("essential") && world.time.now().isBefore(until));
  }

  @Override
  public TaskRunner runner(String function) {
    return new TaskRunner() {
      @Override
      public CompletionStage<Outcome> run(Task task) {
        return SimTasks.this.run(task);
      }

      @Override
      public Duration refusing() {
        return SimTasks.this.refusing(function);
      }
    };
  }

  private Duration refusing(String function) {
    Duration left = Duration.between(world.time.now(), life.node().refusingUntil);
    return left.isNegative() || !function.equals("essential") ? Duration.ZERO : left;
  }

  /** Also now and then when it did not say so before: somebody else is just trying. */
  private CompletionStage<Outcome> run(Task task) {
    boolean essential = task.function().equals("essential");
    if (!refusing(task.function()).isZero()
        || essential && world.faults.happens(world.faults.refusing)) {
      return CompletableFuture.failedStage(
          Fault.unavailable(TaskRunner.NOT_MADE, "It failed repeatedly.", null));
    }
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    world.trace.pass(life, Kind.TASK_STARTED, () -> start(task, answer));
    return answer;
  }

  private void start(Task task, CompletableFuture<Outcome> answer) {
    Faults faults = world.faults;
    world.invariants.started(task, life);
    boolean slow = faults.happens(faults.slow);
    Duration takes = faults.millis(slow ? SLOW_MILLIS : QUICK_MILLIS);
    boolean broken = faults.happens(faults.failing / 8);
    Outcome outcome = outcome(task, faults);
    world.time.after(
        takes,
        () -> {
          world.invariants.made(task, outcome);
          life.enter(
              Kind.TASK_ANSWERED,
              () -> {
                world.invariants.answered(task, life);
                if (broken) {
                  answer.completeExceptionally(new IllegalStateException("runner is broken"));
                } else {
                  answer.complete(outcome);
                }
              });
        });
  }

  private Outcome outcome(Task task, Faults faults) {
    if (faults.happens(faults.failing)) {
      WorkflowError error = WorkflowError.of(WorkflowError.Kind.COMMUNICATION, "away", null);
      return new Outcome.Failed(error, true, policy(task.function()));
    }
    if (task.function().equals("optional") && faults.happens(faults.failing / 2)) {
      return new Outcome.Degraded(IntNode.valueOf(-1), "is away");
    }
    return new Outcome.Completed(IntNode.valueOf(world.random.nextInt(1_000_000)));
  }

  /** The longest pause is 16 s and half of the first. */
  private static CallPolicy policy(String function) {
    return switch (function) {
      case "essential" ->
          new CallPolicy(
              TaskKind.ESSENTIAL,
              RetryPolicy.doubling(7, Duration.ofMillis(250)),
              IntNode.valueOf(0));
      case "fragile" ->
          new CallPolicy(
              TaskKind.ESSENTIAL,
              RetryPolicy.doubling(0, Duration.ofSeconds(1)),
              IntNode.valueOf(0));
      default ->
          new CallPolicy(
              TaskKind.OPTIONAL,
              RetryPolicy.doubling(1, Duration.ofMillis(200)),
              IntNode.valueOf(0));
    };
  }
}
